/*
 * RFC 6347 §4.1
 *
 *  type (8) | version (16) | epoch (16) | sequence number (48) | length (16) | body
 */

const HEADER_BYTES = 13;

/** A record as it stands in a datagram. */
export interface DtlsRecord {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly body: Buffer;
  /** Header and body. */
  readonly bytes: Buffer;
}

/** The records of a datagram; what is cut off at its end is left out. */
export function readRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  let offset = 0;
  while (offset + HEADER_BYTES <= datagram.length) {
    const end = offset + HEADER_BYTES + datagram.readUInt16BE(offset + 11);
    if (end > datagram.length) break;
    const bytes = datagram.subarray(offset, end);
    records.push({
      type: bytes.readUInt8(0),
      version: bytes.readUInt16BE(1),
      epoch: bytes.readUInt16BE(3),
      sequenceNumber: bytes.readUIntBE(5, 6),
      body: bytes.subarray(HEADER_BYTES),
      bytes,
    });
    offset = end;
  }
  return records;
}
