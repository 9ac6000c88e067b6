import type { StoreTimings } from '../store/sqlite/open-store.ts';
import { Histogram } from './histogram.ts';
import type { Instrument } from './metric.ts';
import { serverMetrics } from './server-metrics.ts';

const READ_BOUNDS_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25];
const WRITE_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Measures the store. */
export class DatabaseMetrics implements StoreTimings {
  readonly #reads = new Histogram(serverMetrics.databaseReads, READ_BOUNDS_SECONDS);
  readonly #writes = new Histogram(serverMetrics.databaseWrites, WRITE_BOUNDS_SECONDS);
  #pending = 0;

  get instruments(): Instrument[] {
    return [this.#reads, this.#writes];
  }

  /** Writes that wait or are under way. */
  get writesPending(): number {
    return this.#pending;
  }

  read(durationMs: number): void {
    this.#reads.observe({}, durationMs / 1_000);
  }

  async write<T>(work: () => Promise<T>): Promise<T> {
    const begunMs = performance.now();
    this.#pending += 1;
    try {
      return await work();
    } finally {
      this.#pending -= 1;
      this.#writes.observe({}, (performance.now() - begunMs) / 1_000);
    }
  }
}
