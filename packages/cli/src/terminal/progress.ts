/** One line that is written again and again while something takes its time, for people who watch. */
export class Progress {
  readonly #output: NodeJS.WriteStream;
  readonly #intervalMs: number;
  #lastMs = -Infinity;
  #isShown = false;

  /** @param output nothing is written where it is no terminal */
  constructor(output: NodeJS.WriteStream, intervalMs = 100) {
    this.#output = output;
    this.#intervalMs = intervalMs;
  }

  /** Not more often than somebody can read. */
  show(line: string): void {
    const nowMs = performance.now();
    if (!this.#output.isTTY || nowMs - this.#lastMs < this.#intervalMs) return;
    this.#lastMs = nowMs;
    this.#isShown = true;
    // To the first column, and clear what was there.
    this.#output.write(`\r\u001b[K${line.slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) this.#output.write('\r\u001b[K');
    this.#isShown = false;
  }
}
