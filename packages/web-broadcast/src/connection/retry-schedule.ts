export interface RetryOptions {
  /** How long after the first failure it may still be tried again. @default 30000 */
  readonly windowMs?: number;
  /** Wait before the first retry, doubled with each further one. @default 250 */
  readonly firstDelayMs?: number;
  /** @default 4000 */
  readonly longestDelayMs?: number;
  /** What has worked this long is well again: the next failure opens a new window. @default 5000 */
  readonly stableMs?: number;
  /** 0 ≤ x < 1, spreads clients that failed together. @default Math.random */
  readonly random?: () => number;
}

/** When to try again: exponential back-off with jitter inside a window that opens with the first failure. */
export class RetrySchedule {
  readonly #windowMs: number;
  readonly #firstDelayMs: number;
  readonly #longestDelayMs: number;
  readonly #stableMs: number;
  readonly #random: () => number;
  #failures = 0;
  #windowEndsMs: number | undefined;
  #succeededAtMs: number | undefined;

  constructor({
    windowMs = 30_000,
    firstDelayMs = 250,
    longestDelayMs = 4_000,
    stableMs = 5_000,
    random = Math.random,
  }: RetryOptions = {}) {
    this.#windowMs = windowMs;
    this.#firstDelayMs = firstDelayMs;
    this.#longestDelayMs = longestDelayMs;
    this.#stableMs = stableMs;
    this.#random = random;
  }

  /** Told of a failure. @returns how long to wait before the next attempt, or undefined when the window is over */
  failed(nowMs: number, { atLeastMs = 0 } = {}): number | undefined {
    if (this.#succeededAtMs !== undefined && nowMs - this.#succeededAtMs >= this.#stableMs) this.restart();
    this.#succeededAtMs = undefined;
    this.#windowEndsMs ??= nowMs + this.#windowMs;
    const leftMs = this.#windowEndsMs - nowMs;
    if (leftMs <= 0 || atLeastMs > leftMs) return undefined;
    const delayMs = Math.min(this.#longestDelayMs, this.#firstDelayMs * 2 ** this.#failures);
    this.#failures += 1;
    const jittered = delayMs / 2 + (this.#random() * delayMs) / 2;
    // The last attempt is made when the window ends.
    return Math.min(leftMs, Math.max(atLeastMs, jittered));
  }

  succeeded(nowMs: number): void {
    this.#succeededAtMs = nowMs;
  }

  /** Forgets all failures. */
  restart(): void {
    this.#failures = 0;
    this.#windowEndsMs = undefined;
    this.#succeededAtMs = undefined;
  }
}
