/** One check more than may pass without a byte, so that a silence is noticed before it is longer than it may be. */
const CHECKS_PER_TIMEOUT = 4;

/**
 * Notices that nothing at all comes from a client any more. For clients whose ICE sends no consent checks (RFC 7675) once
 * the connection is up, as libnice's, and with it GStreamer's: packets of any kind are the only sign of them.
 */
export class SilenceWatch {
  readonly #receivedBytes: () => Promise<number>;
  readonly #intervalMs: number;
  readonly #onSilent: () => void;
  #timer: NodeJS.Timeout | undefined;
  #bytes = -1;
  #silentChecks = 0;
  #stopped = false;

  /**
   * @param receivedBytes how much came so far; a source that fails is asked no more: it is gone, and its owner knows
   * @param timeoutMs the longest silence
   * @param onSilent called once at most, when nothing came for 3/4 of that at least
   */
  constructor(receivedBytes: () => Promise<number>, timeoutMs: number, onSilent: () => void) {
    this.#receivedBytes = receivedBytes;
    this.#intervalMs = timeoutMs / CHECKS_PER_TIMEOUT;
    this.#onSilent = onSilent;
    this.#checkLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #checkLater(): void {
    this.#timer = setTimeout(() => {
      this.#receivedBytes().then(
        (bytes) => this.#note(bytes),
        () => this.stop(),
      );
    }, this.#intervalMs);
  }

  #note(bytes: number): void {
    if (this.#stopped) return;
    this.#silentChecks = bytes === this.#bytes ? this.#silentChecks + 1 : 0;
    this.#bytes = bytes;
    if (this.#silentChecks < CHECKS_PER_TIMEOUT - 1) {
      this.#checkLater();
      return;
    }
    this.stop();
    this.#onSilent();
  }
}
