/** What a receiver asks of a sender. */
export interface Feedback {
  /** Packets to be sent again, by the SSRC of their stream. */
  readonly missing: readonly { readonly ssrc: number; readonly sequenceNumbers: readonly number[] }[];
  /** Streams of which a key frame is wanted: picture loss or full intra request. */
  readonly keyFrames: readonly number[];
}

const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const NACK = 1;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;

/** Reads the NACKs, picture losses (RFC 4585) and full intra requests (RFC 5104 §4.3.1) of a compound packet. */
export function readFeedback(compound: Buffer): Feedback {
  const missing: { ssrc: number; sequenceNumbers: number[] }[] = [];
  const keyFrames: number[] = [];
  let offset = 0;
  while (offset + 4 <= compound.length) {
    const end = Math.min(compound.length, offset + 4 + 4 * compound.readUInt16BE(offset + 2));
    const packet = compound.subarray(offset, end);
    offset = end;
    if (packet.length < 12) continue;
    const format = packet.readUInt8(0) & 0x1f;
    const type = packet.readUInt8(1);
    const ssrc = packet.readUInt32BE(8);
    if (type === TRANSPORT_FEEDBACK && format === NACK) missing.push({ ssrc, sequenceNumbers: readNack(packet) });
    if (type === PAYLOAD_FEEDBACK && format === PICTURE_LOSS) keyFrames.push(ssrc);
    if (type === PAYLOAD_FEEDBACK && format === FULL_INTRA_REQUEST && packet.length >= 20) {
      keyFrames.push(packet.readUInt32BE(12));
    }
  }
  return { missing, keyFrames };
}

function readNack(packet: Buffer): number[] {
  const sequenceNumbers: number[] = [];
  for (let offset = 12; offset + 4 <= packet.length; offset += 4) {
    const first = packet.readUInt16BE(offset);
    const following = packet.readUInt16BE(offset + 2);
    sequenceNumbers.push(first);
    for (let bit = 0; bit < 16; bit += 1) {
      if (following & (1 << bit)) sequenceNumbers.push((first + 1 + bit) & 0xffff);
    }
  }
  return sequenceNumbers;
}
