/** What a receiver tells in about a second. */
export interface ReceiverFeedback {
  /** Part of the packets that did not come, 0 to 1: as it says, or as it asks for them again, whichever is more. */
  readonly lost: number;
  /** Undefined as long as it has not reported anything. */
  readonly roundTripMs: number | undefined;
  /** Pictures were so broken that it asked for a key frame. */
  readonly asksForKeyFrame: boolean;
}

/** So much loss is felt whatever is repaired: a lower layer at once. */
const HEAVY_LOSS = 0.1;
/** This much may be chance; again and again it is congestion. */
const LOSS = 0.04;
const BAD_REPORTS = 3;
/** Less than this lets a higher layer be tried. What lies between changes nothing. */
const CLEAN_LOSS = 0.02;
/** A queue that grows on the way, before it overflows. */
const QUEUE_MS = 300;

const FIRST_WAIT = 3;
const LONGEST_WAIT = 64;
/** A layer that is given up so soon after it was tried was too much. */
const TRIAL_REPORTS = 10;
/** What is reported just after a change speaks of the time before. */
const SETTLING_REPORTS = 2;

/**
 * Finds the layer that a connection carries when all that is known of it is what gets lost: quickly down, carefully up, and
 * the more carefully the more often that failed.
 */
export class LossController {
  readonly #highest: number;
  #target = 0;
  #bad = 0;
  #clean = 0;
  /** So many clean reports before the next layer is tried. */
  #wait = FIRST_WAIT;
  #sinceClimb = Number.POSITIVE_INFINITY;
  #settling = 0;
  #shortestMs = Number.POSITIVE_INFINITY;

  /** @param highest index of the highest layer */
  constructor(highest: number) {
    this.#highest = highest;
  }

  /** Index of the layer to be sent. */
  get target(): number {
    return this.#target;
  }

  /** To be called about once a second. */
  report({ lost, roundTripMs, asksForKeyFrame }: ReceiverFeedback): void {
    if (roundTripMs === undefined) return;
    this.#shortestMs = Math.min(this.#shortestMs, roundTripMs);
    this.#sinceClimb += 1;
    if (this.#settling > 0) {
      this.#settling -= 1;
      return;
    }
    const queues = roundTripMs > this.#shortestMs + QUEUE_MS;
    const bad = lost >= LOSS || queues || asksForKeyFrame;
    this.#bad = bad ? this.#bad + 1 : 0;
    this.#clean = !bad && lost < CLEAN_LOSS ? this.#clean + 1 : 0;
    if (lost >= HEAVY_LOSS || this.#bad >= BAD_REPORTS) this.#lower();
    else if (this.#clean >= this.#wait && this.#target < this.#highest) this.#climb();
    else if (this.#sinceClimb === LONGEST_WAIT) this.#wait = FIRST_WAIT;
  }

  /** A higher layer is not to be had just now, whatever the receiver reports: it was not tried. */
  limit(layer: number): void {
    if (layer >= this.#target) return;
    this.#target = layer;
    this.#clean = 0;
  }

  #lower(): void {
    if (this.#target > 0 && this.#sinceClimb <= TRIAL_REPORTS) this.#wait = Math.min(LONGEST_WAIT, 2 * this.#wait);
    this.#target = Math.max(0, this.#target - 1);
    this.#bad = 0;
    this.#clean = 0;
    this.#settling = SETTLING_REPORTS;
    this.#sinceClimb = Number.POSITIVE_INFINITY;
  }

  #climb(): void {
    this.#target += 1;
    this.#clean = 0;
    this.#sinceClimb = 0;
  }
}
