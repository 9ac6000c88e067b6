import { MalformedMedia } from './malformed-media.ts';

/*
 * RFC 3550 §5.1
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |
 * |                        CC times a CSRC                        |
 * |  X: profile of the extension  |  length in words of 32 bits   |
 * |                   extension, then the payload                 |
 */

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits, wraps. */
  readonly sequenceNumber: number;
  /** 32 bits, wraps. In ticks of the codec's clock. */
  readonly rtpTime: number;
  readonly ssrc: number;
  /** Sources that a mixer put together. */
  readonly csrcs: readonly number[];
  /** Header extension, read by {@link readHeaderExtensions}. */
  readonly extension: HeaderExtension | undefined;
  /** A view of the bytes given, without padding. */
  readonly payload: Buffer;
}

export interface HeaderExtension {
  /** What "defined by profile" says: 0xBEDE and 0x1000 to 0x100F are RFC 8285's. */
  readonly profile: number;
  readonly data: Buffer;
}

const HEADER_BYTES = 12;
const MAXIMUM_PACKET_BYTES = 65_535;
/** 255 words: far more than all the extensions that WebRTC knows. */
const MAXIMUM_EXTENSION_BYTES = 1_020;

/** Tells RTCP from RTP on one port (RFC 5761 §4). */
export function isRtcp(data: Buffer): boolean {
  const type = data[1];
  return type !== undefined && type >= 192 && type <= 223;
}

/** Reads one RTP packet. The payload stays a view of `data`. @throws {MalformedMedia} */
export function parseRtpPacket(data: Buffer): RtpPacket {
  if (data.length < HEADER_BYTES) throw new MalformedMedia('TRUNCATED', 'An RTP packet is shorter than its header');
  if (data.length > MAXIMUM_PACKET_BYTES) throw new MalformedMedia('LIMIT', 'An RTP packet is longer than a datagram');
  const first = data.readUInt8(0);
  if (first >> 6 !== 2) throw new MalformedMedia('INVALID', 'A packet is not of RTP version 2');
  if (isRtcp(data)) throw new MalformedMedia('INVALID', 'An RTCP packet stands in place of an RTP packet');

  const csrcsEnd = HEADER_BYTES + 4 * (first & 0x0f);
  if (data.length < csrcsEnd) throw new MalformedMedia('TRUNCATED', 'An RTP packet ends within its sources');
  const extension = (first & 0x10) === 0 ? undefined : parseExtension(data, csrcsEnd);
  const start = extension ? csrcsEnd + 4 + extension.data.length : csrcsEnd;
  const end = data.length - ((first & 0x20) === 0 ? 0 : paddingBytes(data, start));
  const second = data.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: data.readUInt16BE(2),
    rtpTime: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    csrcs: Array.from({ length: first & 0x0f }, (_, index) => data.readUInt32BE(HEADER_BYTES + 4 * index)),
    extension,
    payload: data.subarray(start, end),
  };
}

function parseExtension(data: Buffer, offset: number): HeaderExtension {
  const start = offset + 4;
  if (data.length < start) throw new MalformedMedia('TRUNCATED', 'An RTP packet ends within its extension');
  const length = 4 * data.readUInt16BE(offset + 2);
  if (length > MAXIMUM_EXTENSION_BYTES) throw new MalformedMedia('LIMIT', 'An RTP header extension is too long');
  if (data.length < start + length) throw new MalformedMedia('TRUNCATED', 'An RTP packet ends within its extension');
  return { profile: data.readUInt16BE(offset), data: data.subarray(start, start + length) };
}

/** The last byte says how many there are, itself included. */
function paddingBytes(data: Buffer, start: number): number {
  const count = data.readUInt8(data.length - 1);
  if (count === 0 || count > data.length - start) {
    throw new MalformedMedia('INVALID', 'The padding of an RTP packet does not fit into it');
  }
  return count;
}

/** Writes one RTP packet, without padding. Fields out of range are a fault of the caller (`RangeError`). */
export function writeRtpPacket(packet: Omit<RtpPacket, 'csrcs' | 'extension'> & Partial<RtpPacket>): Buffer {
  const { csrcs = [], extension, payload } = packet;
  const header = Buffer.alloc(HEADER_BYTES + 4 * csrcs.length + (extension ? 4 : 0));
  header.writeUInt8(0x80 | (extension ? 0x10 : 0) | csrcs.length, 0);
  header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  header.writeUInt16BE(packet.sequenceNumber, 2);
  header.writeUInt32BE(packet.rtpTime, 4);
  header.writeUInt32BE(packet.ssrc, 8);
  for (const [index, csrc] of csrcs.entries()) header.writeUInt32BE(csrc, HEADER_BYTES + 4 * index);
  if (!extension) return Buffer.concat([header, payload]);
  header.writeUInt16BE(extension.profile, header.length - 4);
  header.writeUInt16BE(extension.data.length / 4, header.length - 2);
  return Buffer.concat([header, extension.data, payload]);
}
