import type { Scope } from '@proscenium/model';
import type { Dimension, DimensionSet, StageMetricName } from './stage-metrics.ts';
import { type Statistic, statisticOf } from './statistic.ts';

export type DimensionValues = Readonly<Partial<Record<Dimension, string>>>;

/** One metric, for one set of dimensions of one account and region. */
export interface StageMeasurement {
  readonly metric: StageMetricName;
  readonly scope: Scope;
  readonly dimensions: DimensionValues;
  readonly statistic: Statistic;
}

interface Summed {
  readonly measurement: Omit<StageMeasurement, 'statistic'>;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
}

/** Collects what is observed at one time, up to so many series. */
export class StageMeasurements {
  readonly #maximumSeries: number;
  readonly #summed = new Map<string, Summed>();
  #dropped = 0;

  constructor(maximumSeries: number) {
    this.#maximumSeries = maximumSeries;
  }

  /** Values that belong to a series for which there was no room. */
  get dropped(): number {
    return this.#dropped;
  }

  get all(): StageMeasurement[] {
    return Array.from(this.#summed.values(), ({ measurement, count, sum, minimum, maximum }) => ({
      ...measurement,
      statistic: { count, sum, minimum, maximum },
    }));
  }

  /**
   * Counts a value once for each of these sets all of whose dimensions are known.
   *
   * @param known empty text and undefined stand for unknown
   */
  add(
    metric: StageMetricName,
    value: number,
    { scope, known, sets }: { scope: Scope; known: DimensionValues; sets: readonly DimensionSet[] },
  ): void {
    for (const set of sets) {
      let key = `${metric} ${scope.account} ${scope.region}`;
      let complete = true;
      for (const dimension of set) {
        const text = known[dimension];
        if (!text) complete = false;
        key += `\0${dimension} ${text}`;
      }
      if (complete) this.#count(key, value, () => ({ metric, scope, dimensions: pick(known, set) }));
    }
  }

  #count(key: string, value: number, describe: () => Omit<StageMeasurement, 'statistic'>): void {
    const existing = this.#summed.get(key);
    if (existing) {
      existing.count += 1;
      existing.sum += value;
      existing.minimum = Math.min(existing.minimum, value);
      existing.maximum = Math.max(existing.maximum, value);
    } else if (this.#summed.size < this.#maximumSeries) {
      this.#summed.set(key, { measurement: describe(), ...statisticOf(value) });
    } else {
      this.#dropped += 1;
    }
  }
}

function pick(known: DimensionValues, set: DimensionSet): DimensionValues {
  return Object.fromEntries(set.map((dimension) => [dimension, known[dimension] ?? '']));
}
