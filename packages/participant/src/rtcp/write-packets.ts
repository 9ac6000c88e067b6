/** What a receiver tells of one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Since the last report, 0 to 1. */
  readonly fractionLost: number;
  /** Since the first packet; negative when packets came twice. */
  readonly cumulativeLost: number;
  /** With the count of wraps above the 16 bits. */
  readonly highestSequenceNumber: number;
  /** In ticks of the codec's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's time, 0 before the first one. */
  readonly lastSenderReport: number;
  /** Since that report, in units of 1/65,536 second. */
  readonly delaySinceLastSenderReport: number;
}

const TYPE = { receiverReport: 201, transportFeedback: 205, payloadFeedback: 206 } as const;
const MAXIMUM_REPORT_BLOCKS = 31;

/** @param blocks 31 at most */
export function writeReceiverReport(senderSsrc: number, blocks: readonly ReportBlock[]): Buffer {
  if (blocks.length > MAXIMUM_REPORT_BLOCKS) throw new RangeError('A report holds 31 blocks at most');
  const packet = Buffer.alloc(8 + 24 * blocks.length);
  writeHeader(packet, blocks.length, TYPE.receiverReport);
  packet.writeUInt32BE(senderSsrc, 4);
  for (const [index, block] of blocks.entries()) {
    const offset = 8 + 24 * index;
    packet.writeUInt32BE(block.ssrc, offset);
    packet.writeUInt8(Math.min(255, Math.floor(block.fractionLost * 256)), offset + 4);
    packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)), offset + 5, 3);
    packet.writeUInt32BE(block.highestSequenceNumber >>> 0, offset + 8);
    packet.writeUInt32BE(Math.floor(block.jitter) >>> 0, offset + 12);
    packet.writeUInt32BE(block.lastSenderReport, offset + 16);
    packet.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, offset + 20);
  }
  return packet;
}

/** Asks for these packets again: generic NACK (RFC 4585 §6.2.1). @param sequenceNumbers ascending, wrapping */
export function writeNack(senderSsrc: number, mediaSsrc: number, sequenceNumbers: readonly number[]): Buffer {
  const items: { first: number; following: number }[] = [];
  for (const sequenceNumber of sequenceNumbers) {
    const last = items.at(-1);
    const distance = last ? (sequenceNumber - last.first) & 0xffff : 0;
    if (last && distance >= 1 && distance <= 16) last.following |= 1 << (distance - 1);
    else items.push({ first: sequenceNumber, following: 0 });
  }
  const packet = feedback(TYPE.transportFeedback, 1, senderSsrc, mediaSsrc, 4 * items.length);
  for (const [index, { first, following }] of items.entries()) {
    packet.writeUInt16BE(first, 12 + 4 * index);
    packet.writeUInt16BE(following, 14 + 4 * index);
  }
  return packet;
}

/** Asks for a key frame: picture loss indication (RFC 4585 §6.3.1). */
export function writePictureLoss(senderSsrc: number, mediaSsrc: number): Buffer {
  return feedback(TYPE.payloadFeedback, 1, senderSsrc, mediaSsrc, 0);
}

/** When packets arrived, by their number on the whole transport. */
export interface TransportFeedback {
  /** Of the first packet, 16 bits. */
  readonly baseSequenceNumber: number;
  /** By distance from the first one, undefined where nothing came. Not empty, 0xffff at most. */
  readonly arrivalsMs: readonly (number | undefined)[];
  /** Counts the feedback packets, 8 bits. */
  readonly count: number;
}

const TICKS_PER_MS = 4;
const REFERENCE_MS = 64;

/**
 * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), with a status of two bits for each
 * packet: missing, delta of one byte, or delta of two bytes.
 */
export function writeTransportFeedback(senderSsrc: number, mediaSsrc: number, report: TransportFeedback): Buffer {
  const { baseSequenceNumber, arrivalsMs, count } = report;
  const first = arrivalsMs.find((arrival) => arrival !== undefined) ?? 0;
  const reference = Math.floor(first / REFERENCE_MS);
  const statuses: number[] = [];
  const deltas: Buffer[] = [];
  let beforeTicks = reference * REFERENCE_MS * TICKS_PER_MS;
  for (const arrival of arrivalsMs) {
    if (arrival === undefined) {
      statuses.push(0);
      continue;
    }
    const ticks = Math.round(arrival * TICKS_PER_MS);
    const delta = Math.max(-0x8000, Math.min(0x7fff, ticks - beforeTicks));
    beforeTicks += delta;
    const short = delta >= 0 && delta <= 0xff;
    statuses.push(short ? 1 : 2);
    const bytes = Buffer.alloc(short ? 1 : 2);
    if (short) bytes.writeUInt8(delta);
    else bytes.writeInt16BE(delta);
    deltas.push(bytes);
  }
  const chunks = Buffer.alloc(2 * Math.ceil(statuses.length / 7));
  for (let index = 0; index < chunks.length / 2; index += 1) {
    const symbols = statuses.slice(7 * index, 7 * index + 7);
    // A vector of seven symbols of two bits, the first one highest.
    const vector = symbols.reduce((bits, symbol, place) => bits | (symbol << (12 - 2 * place)), 0xc000);
    chunks.writeUInt16BE(vector, 2 * index);
  }
  const body = Buffer.concat([chunks, ...deltas]);
  const packet = feedback(TYPE.transportFeedback, 15, senderSsrc, mediaSsrc, 8 + 4 * Math.ceil(body.length / 4));
  packet.writeUInt16BE(baseSequenceNumber, 12);
  packet.writeUInt16BE(arrivalsMs.length, 14);
  packet.writeUIntBE(reference & 0xffffff, 16, 3);
  packet.writeUInt8(count & 0xff, 19);
  body.copy(packet, 20);
  return packet;
}

function feedback(type: number, format: number, senderSsrc: number, mediaSsrc: number, bodyBytes: number): Buffer {
  const packet = Buffer.alloc(12 + bodyBytes);
  writeHeader(packet, format, type);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

function writeHeader(packet: Buffer, count: number, type: number): void {
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}
