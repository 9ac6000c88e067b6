/** Time waited goes on by as much, however often it is looked at. */
const LEAST_STEP_MS = 200;
/** So many times as fast as it is usually looked at, it catches up. */
const CATCHING_UP = 2;
const USUAL_TICKS = 3;

/**
 * Until when something has been waited for. In a program that stood still that is not until now: it looks at its clock before it
 * reads the packets that lie there from meanwhile. In one that is always slow it follows.
 */
export class TimeWaited {
  #waitedUntilMs: number | undefined;
  #tickMs = 0;
  /** Between the newest ticks. */
  #intervalsMs: readonly number[] = [];

  /** To be called at each tick. */
  until(nowMs: number): number {
    if (this.#waitedUntilMs === undefined) this.#waitedUntilMs = nowMs;
    else this.#intervalsMs = [...this.#intervalsMs, nowMs - this.#tickMs].slice(-USUAL_TICKS);
    this.#tickMs = nowMs;
    const usualMs = this.#intervalsMs.length < USUAL_TICKS ? 0 : Math.min(...this.#intervalsMs);
    this.#waitedUntilMs = Math.min(nowMs, this.#waitedUntilMs + Math.max(LEAST_STEP_MS, CATCHING_UP * usualMs));
    return this.#waitedUntilMs;
  }
}
