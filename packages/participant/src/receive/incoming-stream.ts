import {
  type AccessUnit,
  MediaClock,
  type RtpPacket,
  type SenderClock,
  type StreamCodec,
  StreamReceiver,
} from '@proscenium/media/rtp';
import type { ReportBlock } from '../rtcp/write-packets.ts';
import type { RemoteSection } from '../sdp/read-description.ts';
import { ReceivedStream } from '../stream/received-stream.ts';

/** A packet of sound, or a picture. */
export interface Frame {
  readonly codec: StreamCodec;
  readonly unit: AccessUnit;
  /** When it was captured, by our clock. */
  readonly timeMs: number;
}

/** How long what is missing is waited for: sound that comes later is of no use, a picture is needed by all that follow. */
const WAIT_MS: Readonly<Record<StreamCodec, number>> = { opus: 80, h264: 250, vp8: 250 };

/** One stream of a connection: its packets are put in order, asked for again when they are missing, and made to frames. */
export class IncomingStream {
  readonly section: RemoteSection;
  readonly ssrc: number;
  readonly #codec: StreamCodec;
  readonly #counted: ReceivedStream;
  readonly #receiver: StreamReceiver;
  readonly #clock: MediaClock;
  readonly #deliver: (frame: Frame) => void;

  constructor(section: RemoteSection, ssrc: number, sender: SenderClock, deliver: (frame: Frame) => void) {
    this.section = section;
    this.ssrc = ssrc;
    this.#codec = section.codec as StreamCodec;
    const clockRate = section.kind === 'audio' ? 48_000 : 90_000;
    this.#counted = new ReceivedStream(ssrc, clockRate);
    this.#clock = new MediaClock(clockRate, sender);
    // What cannot be read counts as lost, and is told so by the next frame.
    this.#receiver = new StreamReceiver(this.#codec, {
      maximumWaitMs: WAIT_MS[this.#codec],
      onMalformed: () => undefined,
    });
    this.#deliver = deliver;
  }

  receive(packet: RtpPacket, nowMs: number): void {
    if (packet.payloadType !== this.section.payloadTypes[0]) return;
    this.#counted.receive(packet.sequenceNumber, packet.rtpTime, nowMs);
    this.#give(this.#receiver.push(packet, nowMs));
  }

  /** A packet that was sent again: the number that it had at first stands before its payload (RFC 4588 §4). */
  repair(packet: RtpPacket, nowMs: number): void {
    // Packets of padding alone are probes.
    if (packet.payload.length < 2) return;
    const sequenceNumber = packet.payload.readUInt16BE(0);
    this.#counted.repair(sequenceNumber);
    this.#give(this.#receiver.push({ ...packet, sequenceNumber, payload: packet.payload.subarray(2) }, nowMs));
  }

  hearSenderReport(report: { wallClockMs: number | undefined; rtpTime: number }, middle: number, nowMs: number): void {
    this.#counted.hearSenderReport(middle, nowMs);
    this.#clock.report(report, nowMs);
  }

  /** Gives up what has been waited for long enough. @returns the packets to ask for now */
  tick(nowMs: number): number[] {
    this.#give(this.#receiver.expire(nowMs));
    return this.section.nack ? this.#counted.dueForNack(nowMs) : [];
  }

  report(nowMs: number): ReportBlock | undefined {
    return this.#counted.report(nowMs);
  }

  #give(units: readonly AccessUnit[]): void {
    for (const unit of units) {
      this.#deliver({ codec: this.#codec, unit, timeMs: this.#clock.timeMs(unit.rtpTime, unit.firstArrivalMs) });
    }
  }
}

/** Whether we can read what a section carries. */
export function isReadable({ codec }: RemoteSection): boolean {
  return codec === 'opus' || codec === 'h264' || codec === 'vp8';
}
