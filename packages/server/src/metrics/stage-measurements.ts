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
  /** Of single participants, each of them once. */
  readonly #single: StageMeasurement[] = [];
  #singleDropped = 0;
  /** Of many, by what would be their key; as many as there is room for. */
  readonly #refused = new Set<string>();

  constructor(maximumSeries: number) {
    this.#maximumSeries = maximumSeries;
  }

  /** Series for which there was no room. */
  get dropped(): number {
    return this.#refused.size + this.#singleDropped;
  }

  get all(): StageMeasurement[] {
    const summed = Array.from(this.#summed.values(), ({ measurement, count, sum, minimum, maximum }) => ({
      ...measurement,
      statistic: { count, sum, minimum, maximum },
    }));
    return [...summed, ...this.#single];
  }

  /**
   * Counts a value once for each of these sets all of whose dimensions are known. With Participant it is the only value of
   * its series.
   *
   * @param known empty text and undefined stand for unknown
   */
  add(
    metric: StageMetricName,
    value: number,
    { scope, known, sets }: { scope: Scope; known: DimensionValues; sets: readonly DimensionSet[] },
  ): void {
    for (const set of sets) {
      if (set.some((dimension) => !known[dimension])) continue;
      if (known.Participant !== undefined && set.includes('Participant'))
        this.#addSingle(metric, value, scope, known, set);
      else this.#count(metric, value, scope, known, set);
    }
  }

  get #isFull(): boolean {
    return this.#summed.size + this.#single.length >= this.#maximumSeries;
  }

  #addSingle(metric: StageMetricName, value: number, scope: Scope, known: DimensionValues, set: DimensionSet): void {
    if (this.#isFull) this.#singleDropped += 1;
    else this.#single.push({ metric, scope, dimensions: pick(known, set), statistic: statisticOf(value) });
  }

  #count(metric: StageMetricName, value: number, scope: Scope, known: DimensionValues, set: DimensionSet): void {
    let key = `${metric} ${scope.account} ${scope.region}`;
    for (const dimension of set) key += `\0${dimension} ${known[dimension]}`;
    const existing = this.#summed.get(key);
    if (existing) {
      existing.count += 1;
      existing.sum += value;
      existing.minimum = Math.min(existing.minimum, value);
      existing.maximum = Math.max(existing.maximum, value);
    } else if (this.#isFull) {
      if (this.#refused.size < this.#maximumSeries) this.#refused.add(key);
    } else {
      this.#summed.set(key, { measurement: { metric, scope, dimensions: pick(known, set) }, ...statisticOf(value) });
    }
  }
}

function pick(known: DimensionValues, set: DimensionSet): DimensionValues {
  const picked: Partial<Record<Dimension, string>> = {};
  for (const dimension of set) picked[dimension] = known[dimension] ?? '';
  return picked;
}
