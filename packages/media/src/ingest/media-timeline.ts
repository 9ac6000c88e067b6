import type { StreamName } from './placed-media.ts';

/** A clock that was set, rather than media that was kept up on the way. */
const MAXIMUM_STEP_BACK_MS = 500;
const MAXIMUM_STEP_AHEAD_MS = 10_000;

interface Placed {
  readonly mediaMs: number;
  readonly arrivalMs: number;
}

/**
 * Makes an encoder's timestamps into a time that goes on where theirs jumps, the same for sound and picture: what a jump
 * takes from one or gives to it, it does to the others.
 */
export class MediaTimeline {
  readonly #last = new Map<StreamName, Placed>();
  #shiftMs = 0;

  place(stream: StreamName, timestampMs: number, arrivalMs: number): number {
    const last = this.#last.get(stream);
    if (last) {
      const elapsedMs = arrivalMs - last.arrivalMs;
      const stepMs = timestampMs + this.#shiftMs - last.mediaMs;
      const jumps = stepMs < -MAXIMUM_STEP_BACK_MS || stepMs > elapsedMs + MAXIMUM_STEP_AHEAD_MS;
      if (jumps) this.#shiftMs += elapsedMs - stepMs;
    }
    const mediaMs = timestampMs + this.#shiftMs;
    this.#last.set(stream, { mediaMs, arrivalMs });
    return mediaMs;
  }
}
