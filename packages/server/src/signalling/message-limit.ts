import { ProtocolViolation } from './messages.ts';

/** A client that says more for one stage within one interval is broken or hostile. */
const MAXIMUM_MESSAGES = 500;
const INTERVAL_MS = 5_000;

/** Counts what a client says. */
export class MessageLimit {
  #messages = 0;
  /** The most within this interval: what was said for one that it has left since was said rightly. */
  #stages = 0;
  #sinceMs = -Infinity;

  /** @param stages for how many of them it may speak now @throws {ProtocolViolation} when this message is one too many */
  count(stages = 1): void {
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs >= INTERVAL_MS) {
      this.#sinceMs = nowMs;
      this.#messages = 0;
      this.#stages = 0;
    }
    this.#messages += 1;
    this.#stages = Math.max(this.#stages, stages);
    if (this.#messages > MAXIMUM_MESSAGES * this.#stages) throw new ProtocolViolation('too many messages');
  }
}
