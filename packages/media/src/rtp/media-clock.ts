import type { SenderReport } from './rtcp.ts';
import type { SenderClock } from './sender-clock.ts';
import { RtpTimeline } from './serial-number.ts';

/** How fast a time is put right: 5 % of the time that goes by is not noticed. */
const SLEW = 0.05;
/** What is further off is put right at once: slewing would take longer than a viewer bears. */
const MAXIMUM_SLEW_MS = 2_000;
/** Nothing moves a time further from its arrival: neither a false report nor a jump of the RTP time. */
const MAXIMUM_DEVIATION_MS = 10_000;
/** What seems to be captured so long after it came tells of a jump of the RTP time, not of the way. */
const MAXIMUM_AHEAD_MS = 500;
/** Reports of one stream whose wall clocks go on from each other differ by less. */
const MAXIMUM_DISAGREEMENT_MS = 1_000;

/** What a report told: the sender's wall clock minus media time, in which era of that clock. */
interface Relation {
  readonly wallOffsetMs: number;
  readonly era: number;
}

/**
 * Gives the packets of one stream their time on our clock, so that what one sender captured at once, in whatever stream, has
 * one time. Until the first sender report that is the time of arrival, smoothed; from then on the report's, approached
 * slowly. Where reports come later than packets, packets tell how long the way takes.
 */
export class MediaClock {
  readonly #ticksPerMs: number;
  readonly #sender: SenderClock;
  readonly #timeline = new RtpTimeline();
  /** In media time, of the newest packet; undefined before the first one. */
  #newestMs: number | undefined;
  /** Our time minus media time: as it is. */
  #offsetMs = 0;
  /** The same as it ought to be, by what is known so far; undefined before anything has come. */
  #targetMs: number | undefined;
  #relation: Relation | undefined;
  /** Came before the first packet. */
  #early: { readonly rtpTime: number; readonly wallClockMs: number } | undefined;

  /**
   * @param clockRate ticks of RTP time a second
   * @param sender common to the streams of one sender (those with one CNAME)
   */
  constructor(clockRate: number, sender: SenderClock) {
    this.#ticksPerMs = clockRate / 1_000;
    this.#sender = sender;
  }

  /** Takes a report on this stream. One of a sender without a clock tells nothing. */
  report({ wallClockMs, rtpTime }: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    if (wallClockMs === undefined) return;
    const wallOffsetMs = wallClockMs - this.#timeline.locate(rtpTime) / this.#ticksPerMs;
    if (this.#goesOn(wallOffsetMs)) this.#sender.confirm(wallClockMs, arrivalMs);
    else this.#sender.observe(wallClockMs, arrivalMs);
    if (this.#targetMs === undefined) this.#early = { rtpTime, wallClockMs };
    else this.#believe(wallOffsetMs);
  }

  /** Learns from a packet whose time is asked for later, when it was captured, and how long its way took at most. */
  foresee(rtpTime: number, arrivalMs: number): void {
    this.#note(this.#timeline.unwrap(rtpTime) / this.#ticksPerMs, arrivalMs);
  }

  /** When the packet's content was captured, on our clock, late by what the way from the sender takes at least. */
  timeMs(rtpTime: number, arrivalMs: number): number {
    const mediaMs = this.#timeline.unwrap(rtpTime) / this.#ticksPerMs;
    const targetMs = this.#note(mediaMs, arrivalMs);
    // Nothing was given before the first one: there is nothing that would be seen to jump.
    if (this.#newestMs === undefined || Math.abs(targetMs - this.#offsetMs) > MAXIMUM_SLEW_MS)
      this.#offsetMs = targetMs;
    else this.#slew(targetMs - this.#offsetMs, Math.max(0, mediaMs - this.#newestMs));
    this.#newestMs = Math.max(this.#newestMs ?? -Infinity, mediaMs);
    const arrivalOffsetMs = arrivalMs - mediaMs;
    if (Math.abs(this.#offsetMs - arrivalOffsetMs) > MAXIMUM_DEVIATION_MS) this.#beginAt(arrivalOffsetMs);
    return mediaMs + this.#offsetMs;
  }

  /** The offset; before a time was given, that with which it would be. */
  get #presentMs(): number {
    return this.#newestMs === undefined ? (this.#targetMs ?? 0) : this.#offsetMs;
  }

  /** @returns what the offset ought to be */
  #note(mediaMs: number, arrivalMs: number): number {
    const arrivalOffsetMs = arrivalMs - mediaMs;
    const isFirst = this.#targetMs === undefined;
    this.#targetMs ??= arrivalOffsetMs;
    if (this.#early) {
      const { rtpTime, wallClockMs } = this.#early;
      this.#early = undefined;
      this.#believe(wallClockMs - this.#timeline.locate(rtpTime) / this.#ticksPerMs);
    }
    const jumps = !isFirst && arrivalOffsetMs < this.#presentMs - MAXIMUM_AHEAD_MS;
    const { wallOffsetMs, era } = this.#relation ?? {};
    if (wallOffsetMs === undefined) this.#targetMs = Math.min(this.#targetMs, arrivalOffsetMs);
    else if (era === this.#sender.era) {
      if (!jumps) this.#sender.limit(mediaMs + wallOffsetMs, arrivalMs);
      this.#targetMs = wallOffsetMs + this.#sender.offsetMs;
    }
    return this.#targetMs;
  }

  #beginAt(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#targetMs = offsetMs;
    this.#relation = undefined;
  }

  #goesOn(wallOffsetMs: number): boolean {
    const { wallOffsetMs: before, era } = this.#relation ?? {};
    return (
      before !== undefined && era === this.#sender.era && Math.abs(wallOffsetMs - before) < MAXIMUM_DISAGREEMENT_MS
    );
  }

  #believe(wallOffsetMs: number): void {
    const { era, offsetMs } = this.#sender;
    const wrongMs = wallOffsetMs + offsetMs - this.#presentMs;
    if (Math.abs(wrongMs) <= MAXIMUM_DEVIATION_MS) this.#relation = { wallOffsetMs, era };
  }

  #slew(wrongMs: number, elapsedMs: number): void {
    const stepMs = Math.min(Math.abs(wrongMs), SLEW * elapsedMs);
    this.#offsetMs += Math.sign(wrongMs) * stepMs;
  }
}
