import type { RtpPacket } from '../rtp/packet.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';

/** So long first sender reports are waited for. */
const REPORT_WAIT_MS = 4_000;
const MAXIMUM_PACKETS = 8_192;

export interface PacketTaker {
  /** A packet that is taken later. */
  foresee(packet: RtpPacket, arrivalMs: number): void;
  take(packet: RtpPacket, arrivalMs: number): void;
}

/**
 * Packets that came before the first sender reports of all kinds: only then it is known what of one kind belongs to what of
 * the other, so that they are together from the beginning. All of them are foreseen before the first one is taken: the one that
 * came fastest tells most.
 */
export class HeldPackets {
  readonly #taker: PacketTaker;
  readonly #unreported: Set<MediaKind>;
  #packets: { readonly packet: RtpPacket; readonly arrivalMs: number }[] | undefined = [];

  /** @param kinds those that are to be brought together */
  constructor(kinds: readonly MediaKind[], taker: PacketTaker) {
    this.#taker = taker;
    this.#unreported = new Set(kinds);
    if (kinds.length < 2) this.#packets = undefined;
  }

  /** Some may be held: none was given on yet. */
  get holding(): boolean {
    return this.#packets !== undefined;
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    if (!this.#packets) this.#taker.take(packet, arrivalMs);
    else if (this.#packets.push({ packet, arrivalMs }) === MAXIMUM_PACKETS) this.release();
  }

  reported(kind: MediaKind): void {
    this.#unreported.delete(kind);
    if (this.#unreported.size === 0) this.release();
  }

  expire(nowMs: number): void {
    const [first] = this.#packets ?? [];
    if (first && nowMs - first.arrivalMs >= REPORT_WAIT_MS) this.release();
  }

  /** Nothing is waited for any longer. */
  release(): void {
    const packets = this.#packets ?? [];
    this.#packets = undefined;
    for (const { packet, arrivalMs } of packets) this.#taker.foresee(packet, arrivalMs);
    for (const { packet, arrivalMs } of packets) this.#taker.take(packet, arrivalMs);
  }
}
