/** As often as that something is done at once. */
const BURST = 20;
const INTERVAL_MS = 100;

/**
 * Does what a client asks for: at once, unless it asks all the time; then once in each interval, however often it asked
 * meanwhile.
 */
export class Pace {
  readonly #run: () => void;
  #tokens = BURST;
  #filledAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(run: () => void) {
    this.#run = run;
  }

  ask(): void {
    if (this.#timer) return;
    const nowMs = performance.now();
    this.#tokens = Math.min(BURST, this.#tokens + (nowMs - this.#filledAtMs) / INTERVAL_MS);
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#run();
    } else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.ask();
      }, INTERVAL_MS);
    }
  }

  /** What waits is not done any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
