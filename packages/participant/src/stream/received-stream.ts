import type { ReportBlock } from '../rtcp/write-packets.ts';

/** A stream as its packet headers tell it. */
export interface StreamCount {
  /** Packets that came, each counted once. */
  readonly received: number;
  /** Packets that were sent again and so came after all. */
  readonly repaired: number;
  /** Packets that never came, as far as the sequence numbers tell. */
  readonly lost: number;
  /** Packets that were asked for again, each time that they were. */
  readonly asked: number;
}

/** Older gaps are given up: a jump of the sequence numbers is a new beginning, not a loss. */
const MAXIMUM_GAP = 1_000;
const MAXIMUM_MISSING = 2_000;
const FIRST_NACK_MS = 20;
const NEXT_NACK_MS = 100;
const MAXIMUM_NACKS = 5;

interface Missing {
  asked: number;
  nextMs: number;
}

/** Counts one stream (RFC 3550 appendix A): what came, what is missing, and how evenly it came. */
export class ReceivedStream {
  readonly ssrc: number;
  readonly #ticksPerMs: number;
  /** With the count of wraps above the 16 bits. */
  #first = -1;
  #highest = -1;
  #received = 0;
  #repaired = 0;
  #asked = 0;
  readonly #missing = new Map<number, Missing>();
  #jitter = 0;
  #transitTicks: number | undefined;
  #reportedExpected = 0;
  #reportedReceived = 0;
  #senderReport: { readonly time: number; readonly arrivalMs: number } | undefined;

  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.#ticksPerMs = clockRate / 1_000;
  }

  get count(): StreamCount {
    return { received: this.#received, repaired: this.#repaired, lost: this.#lost, asked: this.#asked };
  }

  receive(sequenceNumber: number, rtpTime: number, nowMs: number): void {
    const number = this.#extend(sequenceNumber);
    const gap = number - this.#highest;
    if (this.#highest === -1 || Math.abs(gap) > MAXIMUM_GAP) this.#begin(number);
    else if (gap > 0) this.#advance(number, nowMs);
    else if (!this.#missing.delete(number)) return; // came twice
    this.#received += 1;
    this.#measureJitter(rtpTime, nowMs);
  }

  /** A packet that was sent again (RFC 4588), by the number that it had at first. */
  repair(sequenceNumber: number): void {
    if (this.#missing.delete(this.#extend(sequenceNumber))) this.#repaired += 1;
  }

  /** @param time the middle 32 bits of the sender's clock */
  hearSenderReport(time: number, nowMs: number): void {
    this.#senderReport = { time, arrivalMs: nowMs };
  }

  /** Those to be asked for now. */
  dueForNack(nowMs: number): number[] {
    const due: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (missing.nextMs > nowMs) continue;
      if (missing.asked === MAXIMUM_NACKS) {
        this.#missing.delete(number);
        continue;
      }
      missing.asked += 1;
      this.#asked += 1;
      missing.nextMs = nowMs + NEXT_NACK_MS;
      due.push(number & 0xffff);
    }
    return due;
  }

  /** Undefined before the first packet. */
  report(nowMs: number): ReportBlock | undefined {
    if (this.#highest === -1) return undefined;
    const expected = this.#expected;
    const expectedNow = expected - this.#reportedExpected;
    const receivedNow = this.#received - this.#reportedReceived;
    this.#reportedExpected = expected;
    this.#reportedReceived = this.#received;
    const heard = this.#senderReport;
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow > 0 ? Math.max(0, expectedNow - receivedNow) / expectedNow : 0,
      cumulativeLost: expected - this.#received,
      highestSequenceNumber: this.#highest,
      jitter: this.#jitter,
      lastSenderReport: heard?.time ?? 0,
      delaySinceLastSenderReport: heard ? Math.round(((nowMs - heard.arrivalMs) / 1_000) * 65_536) : 0,
    };
  }

  get #expected(): number {
    return this.#highest === -1 ? 0 : this.#highest - this.#first + 1;
  }

  get #lost(): number {
    return this.#expected - this.#received - this.#repaired;
  }

  #begin(number: number): void {
    // What was counted before the jump stays counted.
    this.#first = number - (this.#highest === -1 ? 0 : this.#expected);
    this.#highest = number;
    this.#missing.clear();
  }

  #advance(number: number, nowMs: number): void {
    for (let missing = this.#highest + 1; missing < number; missing += 1) {
      if (this.#missing.size < MAXIMUM_MISSING) this.#missing.set(missing, { asked: 0, nextMs: nowMs + FIRST_NACK_MS });
    }
    this.#highest = number;
  }

  #extend(sequenceNumber: number): number {
    if (this.#highest === -1) return sequenceNumber + 0x10000;
    const distance = (sequenceNumber - this.#highest) & 0xffff;
    return this.#highest + (distance < 0x8000 ? distance : distance - 0x10000);
  }

  /** RFC 3550 §6.4.1. */
  #measureJitter(rtpTime: number, nowMs: number): void {
    const transit = nowMs * this.#ticksPerMs - rtpTime;
    if (this.#transitTicks !== undefined) {
      const difference = Math.abs(transit - this.#transitTicks);
      // A wrap of the RTP time is no jitter.
      if (difference < 2 ** 31) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transitTicks = transit;
  }
}
