/*
 * RFC 6347 §4.1 and §4.2.2: a record, and the handshake message (or a fragment of it) within
 *
 *  type (8) | version (16) | epoch (16) | sequence number (48) | length (16)
 *  message type (8) | message length (24) | message number (16) | fragment offset (24) | fragment length (24) | …
 */

const RECORD_HEADER_BYTES = 13;
const MESSAGE_HEADER_BYTES = 12;
const HANDSHAKE = 22;

/**
 * Takes out the handshake messages that came before. A server repeats its messages when ours are slow to come, and the
 * library would begin anew with what is repeated, with other keys than it has sent.
 */
export class HandshakeFilter {
  readonly #seen = new Set<string>();

  /** @returns the records of the datagram that are new; undefined when none is */
  take(datagram: Buffer): Buffer | undefined {
    const fresh: Buffer[] = [];
    let offset = 0;
    while (offset + RECORD_HEADER_BYTES <= datagram.length) {
      const end = offset + RECORD_HEADER_BYTES + datagram.readUInt16BE(offset + 11);
      const record = datagram.subarray(offset, end);
      if (!this.#isRepeated(record)) fresh.push(record);
      offset = end;
    }
    return fresh.length > 0 ? Buffer.concat(fresh) : undefined;
  }

  /** Encrypted ones, of a later epoch, cannot be told apart. */
  #isRepeated(record: Buffer): boolean {
    const isPlainHandshake = record[0] === HANDSHAKE && record.readUInt16BE(3) === 0;
    if (!isPlainHandshake || record.length < RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES) return false;
    const type = record.readUInt8(RECORD_HEADER_BYTES);
    const number = record.readUInt16BE(RECORD_HEADER_BYTES + 4);
    const fragment = record.readUIntBE(RECORD_HEADER_BYTES + 6, 3);
    const key = `${type} ${number} ${fragment}`;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return false;
  }
}
