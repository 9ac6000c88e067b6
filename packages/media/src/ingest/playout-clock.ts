import type { StreamName } from './placed-media.ts';
import { QuickestArrival } from './quickest-arrival.ts';

/** In the beginning, what is learned counts at once. */
const LEARNING_MS = 2_000;
/**
 * After that, sending changes its pace by so little that a report of sound, which the SFU makes every five seconds, fits to
 * one of the picture.
 */
const SLEW = 0.008;
/** What is further off is put right at once. */
const MAXIMUM_SLEW_MS = 500;
/** A stream of which nothing comes for so long, while others come, has stopped: nobody waits for it. */
const STOPPED_AFTER_MS = 2_000;
/** Of a time in which nothing at all comes, so much counts for that: what was held up has not stopped. */
const MAXIMUM_STALL_MS = 500;
/** No stream waits longer for the others. */
const MAXIMUM_WAIT_MS = 500;
/** Nor does anything for what stands by: so much later viewers may see everything for it. */
const MAXIMUM_STANDBY_MS = 200;

interface RunningStream {
  readonly quickest: QuickestArrival;
  /** For how long something had come when its last came. */
  readonly lastMs: number;
}

/**
 * Tells when media is to be sent on, so that sound and picture of one time, all tracks of it, are sent at one time, however
 * long one of them comes after the others. The SFU tells receivers the time of what they get by when it got the newest of it,
 * and so their lip sync is as good as this. Jitter and bursts are left to receivers, who have buffers for them.
 */
export class PlayoutClock {
  readonly #streams = new Map<StreamName, RunningStream>();
  /** For how long something has come. */
  #runningMs = 0;
  /** Our time minus media time, as things are sent; undefined before anything came. */
  #offsetMs: number | undefined;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;
  #standbyMs = 0;

  /** Waits for what is to take the place of all this when it fails, and comes so much later: it is in time then. */
  waitFor(latenessMs: number): void {
    this.#standbyMs = Math.min(Math.max(0, latenessMs), MAXIMUM_STANDBY_MS);
  }

  /** Takes note of what has come. */
  arrived(stream: StreamName, mediaMs: number, arrivalMs: number): void {
    this.#runningMs += Math.min(Math.max(0, arrivalMs - this.#lastArrivalMs), MAXIMUM_STALL_MS);
    this.#quickestOf(stream).add(arrivalMs - mediaMs, arrivalMs);
    this.#forgetStopped();
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

  #quickestOf(stream: StreamName): QuickestArrival {
    const { quickest } = this.#streams.get(stream) ?? { quickest: new QuickestArrival() };
    this.#streams.set(stream, { quickest, lastMs: this.#runningMs });
    return quickest;
  }

  #forgetStopped(): void {
    for (const [stream, { lastMs }] of this.#streams) {
      if (this.#runningMs - lastMs > STOPPED_AFTER_MS) this.#streams.delete(stream);
    }
  }

  /** The slowest stream's and what stands by is later, each within bounds. */
  #wantedMs(): number {
    const offsets = [...this.#streams.values()].map(({ quickest }) => quickest.offsetMs);
    return Math.min(Math.max(...offsets), Math.min(...offsets) + MAXIMUM_WAIT_MS) + this.#standbyMs;
  }
}
