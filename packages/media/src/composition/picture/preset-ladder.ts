/** Over so much time it is judged how things go. */
const WINDOW_MS = 4_000;
/** A step is taken with the next key frame: what is late until then is late by the preset before. */
const SETTLING_MS = 2_500;
/** More than one picture of twenty late is too much. */
const TOLERATED = 0.05;
/** So long nothing may be late before more is tried; twice as long after each time that it was too much. */
const FIRST_CALM_MS = 20_000;
const LONGEST_CALM_MS = 640_000;
/** What was tried for so long holds. */
const PROVEN_MS = 60_000;

/**
 * Which encoder preset there is time for: the next faster one when pictures are late, a better one after a time without.
 * Steps may be taken up later than they are told.
 */
export class PresetLadder<Preset> {
  readonly #presets: readonly Preset[];
  readonly #periodMs: number;
  #step = 0;
  #calmMs = FIRST_CALM_MS;
  #sinceMs: number | undefined;
  /** Unless it has gone down since, or has proved to be right. */
  #steppedUpMs: number | undefined;
  #calmSinceMs = 0;
  /** Of the present window. */
  #due = 0;
  #late = 0;
  #workMs = 0;

  /** @param presets the best one first. @param periodMs from one picture to the next */
  constructor(presets: readonly [Preset, ...Preset[]], periodMs: number) {
    this.#presets = presets;
    this.#periodMs = periodMs;
  }

  get preset(): Preset {
    return this.#presets[this.#step] as Preset;
  }

  /**
   * After each picture.
   *
   * @param skipped pictures that were left out before it
   * @param workMs what it took to make it
   */
  observe({ late, skipped, workMs }: { late: boolean; skipped: number; workMs: number }, nowMs: number): void {
    this.#sinceMs ??= nowMs;
    if (nowMs < this.#sinceMs) return;
    this.#due += 1 + skipped;
    this.#late += skipped + (late ? 1 : 0);
    this.#workMs += workMs;
    if (nowMs - this.#sinceMs < WINDOW_MS) return;
    const before = this.#step;
    this.#judge(nowMs);
    this.#sinceMs = this.#step === before ? nowMs : nowMs + SETTLING_MS;
    this.#due = 0;
    this.#late = 0;
    this.#workMs = 0;
  }

  #judge(nowMs: number): void {
    const tooMuch = this.#late > TOLERATED * this.#due;
    // A better preset takes up to half as long again.
    const hasRoom = this.#workMs < 0.5 * this.#periodMs * this.#due;
    if (tooMuch) this.#stepDown(nowMs);
    else if (!hasRoom) this.#calmSinceMs = nowMs;
    else if (nowMs - this.#calmSinceMs >= this.#calmMs) this.#stepUp(nowMs);
    if (this.#steppedUpMs === undefined || nowMs - this.#steppedUpMs < PROVEN_MS) return;
    this.#steppedUpMs = undefined;
    this.#calmMs = FIRST_CALM_MS;
  }

  #stepDown(nowMs: number): void {
    if (this.#steppedUpMs !== undefined) this.#calmMs = Math.min(2 * this.#calmMs, LONGEST_CALM_MS);
    this.#steppedUpMs = undefined;
    this.#step = Math.min(this.#step + 1, this.#presets.length - 1);
    this.#calmSinceMs = nowMs;
  }

  #stepUp(nowMs: number): void {
    if (this.#step === 0) return;
    this.#step -= 1;
    this.#steppedUpMs = nowMs;
    this.#calmSinceMs = nowMs;
  }
}
