/** At which times pictures are due: each after the same time, for as long as it goes on. */
export class TickClock {
  readonly #beginMs: number;
  readonly #framesPerSecond: number;

  constructor({ beginMs, framesPerSecond }: { beginMs: number; framesPerSecond: number }) {
    this.#beginMs = beginMs;
    this.#framesPerSecond = framesPerSecond;
  }

  get periodMs(): number {
    return 1_000 / this.#framesPerSecond;
  }

  /** Since the beginning. */
  timeMs(frameNumber: number): number {
    return (frameNumber * 1_000) / this.#framesPerSecond;
  }

  dueMs(frameNumber: number): number {
    return this.#beginMs + this.timeMs(frameNumber);
  }

  /** The frame to be made after another one: the next, or, where that is late by a whole frame, the newest that is due. */
  after(frameNumber: number, nowMs: number): number {
    return Math.max(frameNumber + 1, this.newestDue(nowMs));
  }

  newestDue(nowMs: number): number {
    return Math.floor(((nowMs - this.#beginMs) * this.#framesPerSecond) / 1_000);
  }
}
