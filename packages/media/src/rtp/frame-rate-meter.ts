import { RtpTimeline } from './serial-number.ts';

const WINDOW_SECONDS = 2;
/** More than 60 frames a second are not measured over the whole window. */
const MAXIMUM_FRAMES = 60 * WINDOW_SECONDS + 1;

/** Frames a second by their RTP times, which neither jitter nor bursts change. */
export class FrameRateMeter {
  readonly #clockRate: number;
  #timeline = new RtpTimeline();
  #times: number[] = [];

  /** @param clockRate ticks of RTP time a second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  add(rtpTime: number): void {
    const time = this.#timeline.unwrap(rtpTime);
    const newest = Math.max(time, this.#times.at(-1) ?? time);
    const oldest = newest - WINDOW_SECONDS * this.#clockRate;
    this.#times = [...this.#times, time].filter((each) => each >= oldest).slice(-MAXIMUM_FRAMES);
  }

  /** Over the last two seconds at most; undefined with fewer than two frames. */
  get framesPerSecond(): number | undefined {
    const span = Math.max(...this.#times) - Math.min(...this.#times);
    return this.#times.length < 2 || span === 0 ? undefined : ((this.#times.length - 1) * this.#clockRate) / span;
  }

  /** Frames are missing: what comes is measured anew. */
  reset(): void {
    this.#timeline = new RtpTimeline();
    this.#times = [];
  }
}
