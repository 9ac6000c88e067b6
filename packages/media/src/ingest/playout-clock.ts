import type { MediaKind } from '../webrtc/remote-description.ts';

/** How far back is looked, one half of it at least, for what came quickest. */
const WINDOW_MS = 2_000;
/** In the beginning, what is learned counts at once. */
const LEARNING_MS = 2_000;
/**
 * After that, sending changes its pace by so little that a report of sound, which the SFU makes every five seconds, fits to
 * one of the picture.
 */
const SLEW = 0.008;
/** What is further off is put right at once. */
const MAXIMUM_SLEW_MS = 500;
/** No kind waits longer for the other. */
const MAXIMUM_WAIT_MS = 500;

/**
 * Tells when media is to be sent on, so that sound and picture of one time are sent at one time, however long one of them
 * comes after the other. The SFU tells receivers the time of what they get by when it got the newest of it, and so their lip
 * sync is as good as this. Jitter and bursts are left to receivers, who have buffers for them.
 */
export class PlayoutClock {
  readonly #quickest: Record<MediaKind, QuickestArrival> = {
    audio: new QuickestArrival(),
    video: new QuickestArrival(),
  };
  /** Our time minus media time, as things are sent; undefined before anything came. */
  #offsetMs: number | undefined;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;

  /** Takes note of what has come. */
  arrived(kind: MediaKind, mediaMs: number, arrivalMs: number): void {
    this.#quickest[kind].add(arrivalMs - mediaMs, arrivalMs);
    const wanted = this.#wantedMs();
    if (this.#offsetMs === undefined) {
      this.#offsetMs = wanted;
      this.#firstArrivalMs = arrivalMs;
    }
    const wrongMs = wanted - this.#offsetMs;
    const atOnce = arrivalMs - this.#firstArrivalMs < LEARNING_MS || Math.abs(wrongMs) > MAXIMUM_SLEW_MS;
    const stepMs = atOnce ? Infinity : SLEW * (arrivalMs - this.#lastArrivalMs);
    this.#offsetMs += Math.sign(wrongMs) * Math.min(Math.abs(wrongMs), stepMs);
    this.#lastArrivalMs = arrivalMs;
  }

  /** When it is to be sent, on the clock of arrivals; by what is known now. */
  dueMs(mediaMs: number): number {
    return mediaMs + (this.#offsetMs ?? 0);
  }

  /** What is due at this moment; undefined before anything came. */
  mediaMs(nowMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : nowMs - this.#offsetMs;
  }

  /** The slower kind's, within bounds. */
  #wantedMs(): number {
    const offsets = [this.#quickest.audio.offsetMs, this.#quickest.video.offsetMs].filter(Number.isFinite);
    return Math.min(Math.max(...offsets), Math.min(...offsets) + MAXIMUM_WAIT_MS);
  }
}

/** The least offset of late, in two halves of a window. A stall makes neither old: what comes after it is late at first. */
class QuickestArrival {
  #startMs = 0;
  #presentMs = Infinity;
  #previousMs = Infinity;

  add(offsetMs: number, nowMs: number): void {
    if (nowMs - this.#startMs >= WINDOW_MS / 2) {
      this.#previousMs = this.#presentMs;
      this.#presentMs = Infinity;
      this.#startMs = nowMs;
    }
    this.#presentMs = Math.min(this.#presentMs, offsetMs);
  }

  /** Infinity before anything came. */
  get offsetMs(): number {
    return Math.min(this.#previousMs, this.#presentMs);
  }
}
