import type { Alarm, AlarmClock } from './clock.ts';

export interface RepetitionOptions {
  readonly clock: AlarmClock;
  /** From the end of one time to the next. */
  readonly intervalMs: number;
  /** Must not reject. */
  readonly work: () => Promise<void>;
}

/** Does something at once, and again and again. */
export class Repetition {
  readonly #options: RepetitionOptions;
  #alarm: Alarm | undefined;
  #present: Promise<void>;
  #closed = false;

  constructor(options: RepetitionOptions) {
    this.#options = options;
    this.#present = this.#run();
  }

  /** Resolves when what is under way is done, after which nothing more is. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    await this.#present;
  }

  async #run(): Promise<void> {
    const { clock, intervalMs, work } = this.#options;
    await work();
    if (this.#closed) return;
    this.#alarm = clock.setAlarm(intervalMs, () => {
      this.#present = this.#run();
    });
  }
}
