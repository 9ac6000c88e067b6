import type { PlaybackReportPayload } from '../signalling/messages.ts';

/** Four of the intervals at which clients report. */
const FRESH_MS = 60_000;

/** What a participant's client says of the video that it plays. */
export class Playback {
  readonly #nowMs: () => number;
  #last: { readonly droppedPercent: number; readonly atMs: number } | undefined;

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Of the frames that it received lately, 0 to 100; undefined when it has not said so for a while. */
  get droppedFramesPercent(): number | undefined {
    return this.#last && this.#nowMs() - this.#last.atMs < FRESH_MS ? this.#last.droppedPercent : undefined;
  }

  report({ framesReceived, framesDropped }: PlaybackReportPayload): void {
    // Browsers differ in whether what they drop counts as received.
    const frames = Math.max(framesReceived, framesDropped);
    if (frames === 0) return;
    this.#last = { droppedPercent: (100 * framesDropped) / frames, atMs: this.#nowMs() };
  }
}
