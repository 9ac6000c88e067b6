import type { SenderReport } from './rtcp.ts';
import type { SenderClock } from './sender-clock.ts';
import { RtpTimeline } from './serial-number.ts';

/** How fast a time is put right: 5 % of the time that goes by is not noticed. */
const SLEW = 0.05;
/** What is further off is put right at once: slewing would take longer than a viewer bears. */
const MAXIMUM_SLEW_MS = 2_000;
/** Nothing moves a time further from its arrival: neither a false report nor a jump of the RTP time. */
const MAXIMUM_DEVIATION_MS = 10_000;

/**
 * Gives the packets of one stream their time on our clock, so that what one sender captured at once, in whatever stream, has
 * one time. Until the first sender report that is the time of arrival, smoothed; from then on the report's, approached slowly.
 */
export class MediaClock {
  readonly #ticksPerMs: number;
  readonly #sender: SenderClock;
  readonly #timeline = new RtpTimeline();
  /** In media time, of the newest packet; undefined before the first one. */
  #newestMs: number | undefined;
  /** Our time minus media time: as it is, and as it ought to be. */
  #offsetMs = 0;
  #targetMs = 0;
  #reported = false;
  /** Came before the first packet. */
  #early: { readonly rtpTime: number; readonly timeMs: number } | undefined;

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
    const timeMs = wallClockMs + this.#sender.observe(wallClockMs, arrivalMs);
    if (this.#newestMs === undefined) this.#early = { rtpTime, timeMs };
    else this.#believe(rtpTime, timeMs, arrivalMs);
  }

  /** When the packet's content was captured, on our clock, late by what the way from the sender takes at least. */
  timeMs(rtpTime: number, arrivalMs: number): number {
    const mediaMs = this.#timeline.unwrap(rtpTime) / this.#ticksPerMs;
    const arrivalOffsetMs = arrivalMs - mediaMs;
    if (this.#newestMs === undefined) {
      this.#newestMs = mediaMs;
      this.#beginAt(arrivalOffsetMs);
      if (this.#early) this.#believe(this.#early.rtpTime, this.#early.timeMs, arrivalMs);
      this.#early = undefined;
    }
    // The packet that was fastest tells best.
    if (!this.#reported) this.#targetMs = Math.min(this.#targetMs, arrivalOffsetMs);
    this.#slew(Math.max(0, mediaMs - this.#newestMs));
    this.#newestMs = Math.max(this.#newestMs, mediaMs);
    if (Math.abs(this.#offsetMs - arrivalOffsetMs) > MAXIMUM_DEVIATION_MS) this.#beginAt(arrivalOffsetMs);
    return mediaMs + this.#offsetMs;
  }

  #beginAt(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#targetMs = offsetMs;
    this.#reported = false;
  }

  #believe(rtpTime: number, timeMs: number, arrivalMs: number): void {
    if (Math.abs(timeMs - arrivalMs) > MAXIMUM_DEVIATION_MS) return;
    const targetMs = timeMs - this.#timeline.locate(rtpTime) / this.#ticksPerMs;
    if (Math.abs(targetMs - this.#offsetMs) > MAXIMUM_DEVIATION_MS) return;
    this.#targetMs = targetMs;
    this.#reported = true;
    if (Math.abs(targetMs - this.#offsetMs) > MAXIMUM_SLEW_MS) this.#offsetMs = targetMs;
  }

  #slew(elapsedMs: number): void {
    const wrongMs = this.#targetMs - this.#offsetMs;
    const stepMs = Math.min(Math.abs(wrongMs), SLEW * elapsedMs);
    this.#offsetMs += Math.sign(wrongMs) * stepMs;
  }
}
