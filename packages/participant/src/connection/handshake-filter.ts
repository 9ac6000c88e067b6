import { readRecords } from './dtls-record.ts';

/*
 * RFC 6347 §4.2.2: a handshake message, or a fragment of it
 *
 *  message type (8) | message length (24) | message number (16) | fragment offset (24) | fragment length (24) | …
 */

const MESSAGE_HEADER_BYTES = 12;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** A handshake has a dozen; what claims to be more is nobody's. */
const MAXIMUM_FRAGMENTS = 256;

/**
 * Takes out what is no part of a handshake, and the messages that came before. A server repeats its messages when ours are
 * slow to come, and the library would begin anew with what is repeated, with other keys than it has sent.
 */
export class HandshakeFilter {
  readonly #seen = new Set<string>();

  /** @returns the records of the datagram that are new; undefined when none is */
  take(datagram: Buffer): Buffer | undefined {
    const fresh = readRecords(datagram).filter(
      ({ type, epoch, body }) =>
        type >= CHANGE_CIPHER_SPEC &&
        type <= APPLICATION_DATA &&
        // Encrypted ones, of a later epoch, cannot be told apart.
        !(type === HANDSHAKE && epoch === 0 && this.#isRepeated(body)),
    );
    return fresh.length > 0 ? Buffer.concat(fresh.map(({ bytes }) => bytes)) : undefined;
  }

  /** What is cut off counts as repeated: nobody misses it. */
  #isRepeated(message: Buffer): boolean {
    if (message.length < MESSAGE_HEADER_BYTES) return true;
    const key = `${message.readUInt8(0)} ${message.readUInt16BE(4)} ${message.readUIntBE(6, 3)}`;
    if (this.#seen.has(key) || this.#seen.size >= MAXIMUM_FRAGMENTS) return true;
    this.#seen.add(key);
    return false;
  }
}
