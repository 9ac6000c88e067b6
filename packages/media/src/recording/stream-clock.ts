import { MediaClock } from '../rtp/media-clock.ts';
import type { SenderReport } from '../rtp/rtcp.ts';
import type { SenderClock } from '../rtp/sender-clock.ts';
import { distance32 } from '../rtp/serial-number.ts';

/** Nothing is captured after it came: what is further ahead follows a jump of the RTP time, or a false report. */
const MAXIMUM_AHEAD_MS = 500;

/**
 * Times of one stream's access units on our clock, which never go back: neither when the sender's RTP time jumps, nor when
 * its reports are false.
 */
export class StreamClock {
  readonly #clockRate: number;
  readonly #sender: SenderClock;
  #clock: MediaClock;
  #newestRtpTime: number | undefined;
  #newestMs = -Infinity;

  /** @param clockRate ticks of RTP time a second */
  constructor(clockRate: number, sender: SenderClock) {
    this.#clockRate = clockRate;
    this.#sender = sender;
    this.#clock = new MediaClock(clockRate, sender);
  }

  report(report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    this.#clock.report(report, arrivalMs);
  }

  /** Learns from a packet whose access unit is told later. */
  foresee(rtpTime: number, arrivalMs: number): void {
    this.#clock.foresee(rtpTime, arrivalMs);
  }

  /** Of an access unit, in the order of decoding. */
  timeMs(rtpTime: number, arrivalMs: number): number {
    if (this.#newestRtpTime !== undefined && distance32(this.#newestRtpTime, rtpTime) < 0) this.#beginAnew();
    this.#newestRtpTime = rtpTime;
    let timeMs = this.#clock.timeMs(rtpTime, arrivalMs);
    if (timeMs > arrivalMs + MAXIMUM_AHEAD_MS) {
      this.#beginAnew();
      timeMs = this.#clock.timeMs(rtpTime, arrivalMs);
    }
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    return this.#newestMs;
  }

  #beginAnew(): void {
    this.#clock = new MediaClock(this.#clockRate, this.#sender);
  }
}
