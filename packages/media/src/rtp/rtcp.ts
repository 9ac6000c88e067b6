import { MalformedMedia } from './malformed-media.ts';

/** RFC 3550 §6.4.1: at what time of the sender's wall clock which RTP time was sampled. */
export interface SenderReport {
  readonly type: 'senderReport';
  readonly ssrc: number;
  /** Milliseconds since 1970 by the sender's clock, which need not be right; undefined when the sender has none. */
  readonly wallClockMs: number | undefined;
  readonly rtpTime: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

/** RFC 3550 §6.6: these sources send no more. */
export interface Bye {
  readonly type: 'bye';
  readonly ssrcs: readonly number[];
}

export type RtcpPacket = SenderReport | Bye;

const SENDER_REPORT = 200;
const BYE = 203;
const MAXIMUM_PACKETS = 64;
const SENDER_REPORT_BYTES = 28;
const REPORT_BLOCK_BYTES = 24;
/** Seconds from 1900 to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;
const NTP_ERA_SECONDS = 2 ** 32;

/**
 * Reads a compound packet (RFC 3550 §6.1), or a reduced one (RFC 5506): the sender reports and farewells in it. Other
 * packets are passed over.
 *
 * @throws {MalformedMedia}
 */
export function parseRtcp(data: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let offset = 0;
  for (let count = 0; offset < data.length; count += 1) {
    if (count === MAXIMUM_PACKETS) throw new MalformedMedia('LIMIT', 'Too many RTCP packets in one datagram');
    if (data.length - offset < 4) throw new MalformedMedia('TRUNCATED', 'An RTCP packet is shorter than its header');
    if (data.readUInt8(offset) >> 6 !== 2) throw new MalformedMedia('INVALID', 'A packet is not of RTCP version 2');
    const end = offset + 4 + 4 * data.readUInt16BE(offset + 2);
    if (end > data.length) throw new MalformedMedia('TRUNCATED', 'An RTCP packet ends before its length');
    const packet = parsePacket(data.subarray(offset, end));
    if (packet) packets.push(packet);
    offset = end;
  }
  return packets;
}

function parsePacket(packet: Buffer): RtcpPacket | undefined {
  const count = packet.readUInt8(0) & 0x1f;
  switch (packet.readUInt8(1)) {
    case SENDER_REPORT:
      return parseSenderReport(packet, count);
    case BYE:
      return parseBye(packet, count);
    default:
      return undefined;
  }
}

function parseSenderReport(packet: Buffer, reports: number): SenderReport {
  if (packet.length < SENDER_REPORT_BYTES + reports * REPORT_BLOCK_BYTES) {
    throw new MalformedMedia('TRUNCATED', 'A sender report ends before its report blocks');
  }
  return {
    type: 'senderReport',
    ssrc: packet.readUInt32BE(4),
    wallClockMs: readNtpTime(packet.readUInt32BE(8), packet.readUInt32BE(12)),
    rtpTime: packet.readUInt32BE(16),
    packetCount: packet.readUInt32BE(20),
    octetCount: packet.readUInt32BE(24),
  };
}

function parseBye(packet: Buffer, sources: number): Bye {
  if (packet.length < 4 + 4 * sources) throw new MalformedMedia('TRUNCATED', 'A farewell ends before its sources');
  return { type: 'bye', ssrcs: Array.from({ length: sources }, (_, index) => packet.readUInt32BE(4 + 4 * index)) };
}

/**
 * A time of the Network Time Protocol in milliseconds since 1970; undefined for zero, which stands for none. Seconds without
 * the highest bit are those after the turn of the era in 2036 (RFC 4330 §3).
 *
 * @param fraction of a second, in 2^-32
 */
export function readNtpTime(seconds: number, fraction: number): number | undefined {
  if (seconds === 0 && fraction === 0) return undefined;
  const era = seconds < NTP_ERA_SECONDS / 2 ? NTP_ERA_SECONDS : 0;
  return (era + seconds - NTP_EPOCH_SECONDS) * 1_000 + (fraction / 2 ** 32) * 1_000;
}

/** Writes a sender report without report blocks. */
export function writeSenderReport(report: Omit<SenderReport, 'type'>): Buffer {
  const packet = Buffer.alloc(SENDER_REPORT_BYTES);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(SENDER_REPORT, 1);
  packet.writeUInt16BE(SENDER_REPORT_BYTES / 4 - 1, 2);
  packet.writeUInt32BE(report.ssrc, 4);
  if (report.wallClockMs !== undefined) {
    const wholeSeconds = Math.floor(report.wallClockMs / 1_000);
    const fraction = Math.floor((report.wallClockMs / 1_000 - wholeSeconds) * 2 ** 32);
    packet.writeUInt32BE((wholeSeconds + NTP_EPOCH_SECONDS) % NTP_ERA_SECONDS, 8);
    packet.writeUInt32BE(fraction, 12);
  }
  packet.writeUInt32BE(report.rtpTime, 16);
  packet.writeUInt32BE(report.packetCount, 20);
  packet.writeUInt32BE(report.octetCount, 24);
  return packet;
}
