import type { Clock } from '../clock.ts';

/** A payload is smaller. */
const PAYLOAD_LIMIT_BYTES = 1_024;
const BYTES_PER_SECOND = 10 * 1_024;
const MAXIMUM_REPEATS = 30;
const SECOND_MS = 1_000;

/**
 * The bytes of a payload, for the stream to keep.
 *
 * @throws {TypeError} when it is no buffer
 * @throws {RangeError} when it is empty or too long
 */
export function readPayload(payload: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (!ArrayBuffer.isView(payload) && Object.prototype.toString.call(payload) !== '[object ArrayBuffer]') {
    throw new TypeError('The payload of a message is an ArrayBuffer');
  }
  const bytes = ArrayBuffer.isView(payload)
    ? new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    : new Uint8Array(payload);
  if (bytes.length === 0 || bytes.length >= PAYLOAD_LIMIT_BYTES) {
    throw new RangeError(`The payload of a message has 1 to ${PAYLOAD_LIMIT_BYTES - 1} bytes, not ${bytes.length}`);
  }
  return Uint8Array.from(bytes);
}

/** @throws {RangeError} */
export function requireRepeatCount(repeatCount: number): void {
  if (!Number.isInteger(repeatCount) || repeatCount < 0 || repeatCount > MAXIMUM_REPEATS) {
    throw new RangeError(`repeatCount is 0 to ${MAXIMUM_REPEATS}, not ${repeatCount}`);
  }
}

/** What may be sent within any second. Repetitions do not count. */
export class MessageBudget {
  readonly #clock: Clock;
  #spent: readonly { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {RangeError} when so many bytes are too many just now */
  require(bytes: number): void {
    const nowMs = this.#clock.now();
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < SECOND_MS);
    const spent = this.#spent.reduce((sum, each) => sum + each.bytes, 0);
    if (spent + bytes > BYTES_PER_SECOND) {
      throw new RangeError(`A stream sends at most ${BYTES_PER_SECOND} bytes of messages in a second`);
    }
  }

  spend(bytes: number): void {
    this.#spent = [...this.#spent, { atMs: this.#clock.now(), bytes }];
  }
}
