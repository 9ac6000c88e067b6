import type { Instrument, Labels, MetricDescription, Sample } from './metric.ts';
import { Series } from './series.ts';

interface State {
  /** How many fell into each bucket; the last one is without a bound. */
  readonly counts: number[];
  sum: number;
}

/** How measured values are spread, for each set of labels. Labels are given in the same order each time. */
export class Histogram implements Instrument {
  readonly metric: MetricDescription;
  readonly #bounds: readonly number[];
  readonly #series: Series<State>;

  /** @param bounds upper ones of the buckets, which they belong to, rising */
  constructor(metric: MetricDescription, bounds: readonly number[]) {
    this.metric = metric;
    this.#bounds = bounds;
    this.#series = new Series(() => ({ counts: new Array(bounds.length + 1).fill(0), sum: 0 }));
  }

  get dropped(): number {
    return this.#series.dropped;
  }

  observe(labels: Labels, value: number): void {
    const state = this.#series.of(labels);
    if (!state) return;
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    const index = bucket < 0 ? this.#bounds.length : bucket;
    state.counts[index] = (state.counts[index] ?? 0) + 1;
    state.sum += value;
  }

  samples(): Sample[] {
    return this.#series.entries().flatMap(({ labels, state }) => {
      let total = 0;
      const buckets = state.counts.map((count, index): Sample => {
        total += count;
        return { suffix: '_bucket', labels: { ...labels, le: formatBound(this.#bounds[index]) }, value: total };
      });
      return [...buckets, { suffix: '_sum', labels, value: state.sum }, { suffix: '_count', labels, value: total }];
    });
  }
}

/** https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#considerations-canonical-numbers */
function formatBound(bound: number | undefined): string {
  if (bound === undefined) return '+Inf';
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}
