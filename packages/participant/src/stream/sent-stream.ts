import { randomInt } from 'node:crypto';
import { type HeaderExtension, writeRtpPacket, writeSenderReport } from '@proscenium/media/rtp';

const KEPT_PACKETS = 1_024;

/** One stream as a sender numbers it, with its last packets at hand. */
export class SentStream {
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly rtxSsrc = randomInt(1, 2 ** 32);
  readonly #payloadType: number;
  readonly #rtxPayloadType: number | undefined;
  #sequenceNumber = randomInt(2 ** 15);
  #rtxSequenceNumber = randomInt(2 ** 15);
  #packets = 0;
  #octets = 0;
  /** By sequence number, the oldest first. */
  readonly #kept = new Map<number, { rtpTime: number; marker: boolean; payload: Buffer }>();

  constructor(payloadType: number, rtxPayloadType?: number) {
    this.#payloadType = payloadType;
    this.#rtxPayloadType = rtxPayloadType;
  }

  packet(rtpTime: number, marker: boolean, payload: Buffer, extension?: HeaderExtension): Buffer {
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += payload.length;
    if (this.#rtxPayloadType !== undefined) this.#keep(sequenceNumber, { rtpTime, marker, payload });
    return writeRtpPacket({
      payloadType: this.#payloadType,
      marker,
      sequenceNumber,
      rtpTime,
      ssrc: this.ssrc,
      payload,
      extension,
    });
  }

  /** A packet once more (RFC 4588 §4); undefined when it is no longer at hand. */
  repetition(sequenceNumber: number): Buffer | undefined {
    const kept = this.#kept.get(sequenceNumber);
    if (!kept || this.#rtxPayloadType === undefined) return undefined;
    const original = Buffer.alloc(2);
    original.writeUInt16BE(sequenceNumber);
    const rtxSequenceNumber = this.#rtxSequenceNumber;
    this.#rtxSequenceNumber = (rtxSequenceNumber + 1) & 0xffff;
    return writeRtpPacket({
      payloadType: this.#rtxPayloadType,
      marker: kept.marker,
      sequenceNumber: rtxSequenceNumber,
      rtpTime: kept.rtpTime,
      ssrc: this.rtxSsrc,
      payload: Buffer.concat([original, kept.payload]),
    });
  }

  senderReport(wallClockMs: number, rtpTime: number): Buffer {
    const { ssrc } = this;
    return writeSenderReport({
      ssrc,
      wallClockMs,
      rtpTime,
      packetCount: this.#packets,
      octetCount: this.#octets >>> 0,
    });
  }

  #keep(sequenceNumber: number, packet: { rtpTime: number; marker: boolean; payload: Buffer }): void {
    this.#kept.set(sequenceNumber, packet);
    if (this.#kept.size <= KEPT_PACKETS) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
