import type { Instrument, Labels, MetricDescription, Sample } from './metric.ts';
import { Series } from './series.ts';

/** How often something has happened, for each set of labels. Labels are given in the same order each time. */
export class Counter implements Instrument {
  readonly metric: MetricDescription;
  readonly #series: Series<{ value: number }>;

  constructor(metric: MetricDescription, maximumSeries?: number) {
    this.metric = metric;
    this.#series = new Series(() => ({ value: 0 }), maximumSeries);
    // Without labels it is there from the beginning: a first increase is seen as one.
    if (metric.labels.length === 0) this.add({}, 0);
  }

  get dropped(): number {
    return this.#series.dropped;
  }

  add(labels: Labels, amount = 1): void {
    const state = this.#series.of(labels);
    if (state) state.value += amount;
  }

  samples(): Sample[] {
    return this.#series.entries().map(({ labels, state }) => ({ labels, value: state.value }));
  }
}
