import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Values of one kind in milliseconds, to three digits. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

const MAXIMUM_MS = 3_600_000;

/** Takes in any number of values in the same small memory. */
export class Distribution {
  /** In microseconds. */
  readonly #histogram: RecordableHistogram = createHistogram({ highest: MAXIMUM_MS * 1_000, figures: 3 });

  /** Clocks of two processes may differ: what is negative counts as nothing. */
  add(valueMs: number): void {
    this.#histogram.record(Math.max(1, Math.min(MAXIMUM_MS * 1_000, Math.round(valueMs * 1_000))));
  }

  clear(): void {
    this.#histogram.reset();
  }

  /** Undefined when there are no values. */
  get spread(): Spread | undefined {
    const histogram = this.#histogram;
    if (histogram.count === 0) return undefined;
    const ms = (part: number) => Math.round(histogram.percentile(part)) / 1_000;
    return { count: histogram.count, p50: ms(50), p90: ms(90), p99: ms(99), max: histogram.max / 1_000 };
  }
}
