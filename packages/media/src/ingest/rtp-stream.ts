import { type HeaderExtension, writeRtpPacket, writeSenderReport } from '../rtp/index.ts';
import type { RtpStreamTarget } from '../sfu/ingest-source.ts';

/** Half a second of the fastest stream that is taken. A divisor of the numbers that packets have. */
const KEPT_PACKETS = 512;

/** The packets of one stream, numbered, with the last ones at hand, and its reports. */
export class RtpStream {
  readonly #target: RtpStreamTarget;
  readonly #clockRate: number;
  /** By their numbers, modulo their count. */
  readonly #kept: { readonly sequenceNumber: number; readonly packet: Buffer }[] = [];
  /** With 0, the SFU would take it that all numbers before it were lost. */
  #sequenceNumber = 1;
  #packets = 0;
  #octets = 0;

  /** @param clockRate ticks of RTP time a second */
  constructor(target: RtpStreamTarget, clockRate: number) {
    this.#target = target;
    this.#clockRate = clockRate;
  }

  /** Whether there are any. */
  get began(): boolean {
    return this.#packets > 0;
  }

  /** The packets of a picture: the last one bears the mark (RFC 6184 §5.1). */
  writePicture(mediaMs: number, payloads: readonly Buffer[]): Buffer[] {
    return payloads.map((payload, index) => this.#write(mediaMs, { payload, marker: index === payloads.length - 1 }));
  }

  /** @param begins whether nothing was heard right before it: it bears the mark then (RFC 3551 §4.1) */
  writeSound(mediaMs: number, payload: Buffer, begins: boolean, extension: HeaderExtension): Buffer {
    return this.#write(mediaMs, { payload, marker: begins, extension });
  }

  #write(
    mediaMs: number,
    packet: { readonly payload: Buffer; readonly marker: boolean; readonly extension?: HeaderExtension },
  ): Buffer {
    const { payloadType, ssrc } = this.#target;
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += packet.payload.length;
    const written = writeRtpPacket({ payloadType, ssrc, sequenceNumber, rtpTime: this.#rtpTime(mediaMs), ...packet });
    this.#kept[sequenceNumber % KEPT_PACKETS] = { sequenceNumber, packet: written };
    return written;
  }

  /** Those of the packets that are still at hand, as they were. */
  repeat(sequenceNumbers: readonly number[]): Buffer[] {
    return sequenceNumbers.flatMap((sequenceNumber) => {
      const kept = this.#kept[sequenceNumber % KEPT_PACKETS];
      return kept?.sequenceNumber === sequenceNumber ? [kept.packet] : [];
    });
  }

  /** Tells at what time of our wall clock which media time is. */
  report(mediaMs: number, wallClockMs: number): Buffer {
    return writeSenderReport({
      ssrc: this.#target.ssrc,
      wallClockMs,
      rtpTime: this.#rtpTime(mediaMs),
      packetCount: this.#packets >>> 0,
      octetCount: this.#octets >>> 0,
    });
  }

  #rtpTime(mediaMs: number): number {
    return Math.round((mediaMs * this.#clockRate) / 1_000) >>> 0;
  }
}
