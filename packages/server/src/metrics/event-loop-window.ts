import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How busy the event loop was in a window of time. */
export interface EventLoopReading {
  /** Seconds, by percentile. */
  readonly lagSeconds: ReadonlyMap<number, number>;
  readonly utilization: number;
}

const WINDOW_MS = 10_000;
const RESOLUTION_MS = 20;
const PERCENTILES = [50, 90, 99, 100];

/** Watches the event loop, one window after the other. */
export class EventLoopWindow {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #busy = performance.eventLoopUtilization();
  #last: EventLoopReading | undefined;

  constructor(windowMs = WINDOW_MS) {
    this.#delays.enable();
    this.#timer = setInterval(() => this.#turn(), windowMs);
    this.#timer.unref();
  }

  /** The last complete window; before there is one, what has passed of the first. */
  get reading(): EventLoopReading {
    return this.#last ?? this.#read();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  #turn(): void {
    this.#last = this.#read();
    this.#delays.reset();
    this.#busy = performance.eventLoopUtilization();
  }

  #read(): EventLoopReading {
    // The monitor measures from one timer to the next.
    const lagSeconds = PERCENTILES.map((percentile): [number, number] => {
      const intervalMs = this.#delays.count === 0 ? 0 : this.#delays.percentile(percentile) / 1e6;
      return [percentile, Math.max(0, intervalMs - RESOLUTION_MS) / 1_000];
    });
    return {
      lagSeconds: new Map(lagSeconds),
      utilization: performance.eventLoopUtilization(this.#busy).utilization,
    };
  }
}
