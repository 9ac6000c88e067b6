import type { RtpPacket } from './packet.ts';
import { distance16 } from './serial-number.ts';

export interface ReorderOptions {
  /** Packets that are held while one before them is missing. @default 512 */
  readonly maximumPackets?: number;
  /** How long a missing packet is waited for. @default 100 */
  readonly maximumWaitMs?: number;
}

/**
 * What comes out, in the order of the stream.
 *
 * - `packet`: the next packet, and when it came
 * - `lost`: `count` packets from `sequenceNumber` on were given up
 * - `restarted`: the sender began to count anew; what lies between is not known
 */
export type Ordered =
  | { readonly type: 'packet'; readonly packet: RtpPacket; readonly arrivalMs: number }
  | { readonly type: 'lost'; readonly sequenceNumber: number; readonly count: number }
  | { readonly type: 'restarted' };

interface Held {
  /** How far ahead of the first packet of all. */
  readonly position: number;
  readonly packet: RtpPacket;
  readonly arrivalMs: number;
}

/** RFC 3550 §A.1: a jump that is longer is no loss but a new count, once a second packet follows it. */
const MAXIMUM_JUMP = 3_000;

/**
 * Puts the packets of one SSRC in order. A packet that is missing is waited for until too many packets or too much time
 * have gone by; then it is told as lost, and is late if it comes after all.
 */
export class ReorderBuffer {
  readonly #maximumPackets: number;
  readonly #maximumWaitMs: number;
  /** In order of position; the first one is ahead of `#next`. */
  #held: Held[] = [];
  /** The position that comes out next, and its sequence number. */
  #next = 0;
  #nextSequenceNumber: number | undefined;
  /** Since when there is a gap before the held packets. */
  #gapSinceMs = 0;
  /** A packet after a jump, until another one confirms it. */
  #stray: { readonly packet: RtpPacket; readonly arrivalMs: number } | undefined;
  /** Packets that came after they had been given up or, a second time, after they had come out. */
  late = 0;
  /** Packets that came while they were held already. */
  duplicates = 0;
  lost = 0;

  constructor({ maximumPackets = 512, maximumWaitMs = 100 }: ReorderOptions = {}) {
    this.#maximumPackets = maximumPackets;
    this.#maximumWaitMs = maximumWaitMs;
  }

  push(packet: RtpPacket, arrivalMs: number): Ordered[] {
    this.#nextSequenceNumber ??= packet.sequenceNumber;
    const ahead = distance16(this.#nextSequenceNumber, packet.sequenceNumber);
    if (Math.abs(ahead) > MAXIMUM_JUMP) return this.#jump(packet, arrivalMs);
    this.#stray = undefined;
    if (ahead < 0) {
      this.late += 1;
      return this.expire(arrivalMs);
    }
    if (ahead === 0 && this.#held.length === 0) {
      this.#advance(1);
      return [{ type: 'packet', packet, arrivalMs }];
    }
    this.#hold({ position: this.#next + ahead, packet, arrivalMs });
    return this.expire(arrivalMs);
  }

  /** What may not be waited for any longer. To be called now and then while no packets come. */
  expire(nowMs: number): Ordered[] {
    const out: Ordered[] = [];
    this.#release(out);
    while (
      this.#held.length > 0 &&
      (this.#held.length > this.#maximumPackets || nowMs - this.#gapSinceMs >= this.#maximumWaitMs)
    ) {
      this.#giveUp(out);
    }
    return out;
  }

  /** All that is held: nothing more is waited for. The next packet is a first one again. */
  flush(): Ordered[] {
    const out: Ordered[] = [];
    while (this.#held.length > 0) this.#giveUp(out);
    this.#nextSequenceNumber = undefined;
    this.#stray = undefined;
    return out;
  }

  #hold(held: Held): void {
    let index = this.#held.length;
    while (index > 0 && (this.#held[index - 1] as Held).position > held.position) index -= 1;
    if (this.#held[index - 1]?.position === held.position) {
      this.duplicates += 1;
      return;
    }
    this.#gapSinceMs = this.#held.length === 0 ? held.arrivalMs : Math.min(this.#gapSinceMs, held.arrivalMs);
    this.#held.splice(index, 0, held);
  }

  /** Lets out the held packets up to the next gap. */
  #release(out: Ordered[]): void {
    let count = 0;
    for (const { position, packet, arrivalMs } of this.#held) {
      if (position !== this.#next) break;
      out.push({ type: 'packet', packet, arrivalMs });
      this.#advance(1);
      count += 1;
    }
    if (count === 0) return;
    this.#held.splice(0, count);
    this.#gapSinceMs = this.#held.reduce((earliest, { arrivalMs }) => Math.min(earliest, arrivalMs), Infinity);
  }

  /** Gives up the gap before the first held packet. */
  #giveUp(out: Ordered[]): void {
    const count = (this.#held[0]?.position ?? this.#next) - this.#next;
    if (count > 0) {
      out.push({ type: 'lost', sequenceNumber: this.#nextSequenceNumber ?? 0, count });
      this.lost += count;
      this.#advance(count);
    }
    this.#release(out);
  }

  #advance(count: number): void {
    this.#next += count;
    this.#nextSequenceNumber = ((this.#nextSequenceNumber ?? 0) + count) & 0xffff;
  }

  #jump(packet: RtpPacket, arrivalMs: number): Ordered[] {
    const stray = this.#stray;
    if (!stray || distance16(stray.packet.sequenceNumber, packet.sequenceNumber) !== 1) {
      this.#stray = { packet, arrivalMs };
      return this.expire(arrivalMs);
    }
    const out = this.flush();
    out.push({ type: 'restarted' }, { type: 'packet', ...stray }, { type: 'packet', packet, arrivalMs });
    this.#nextSequenceNumber = (packet.sequenceNumber + 1) & 0xffff;
    return out;
  }
}
