/** How many of each there are. Their numbers begin with 0. */
export interface FileCounts {
  readonly segments: number;
  readonly inits: number;
}

/**
 * The files of a live stream that its playlist has left behind: whoever read it earlier may still ask for them for as long as
 * the playlist lasts (RFC 8216 §6.2.2).
 */
export class LeftFiles {
  readonly #graceSegments: number;
  /** Nobody needs these. */
  #gone: FileCounts;
  /** Init segments up to a number, which nobody needs when the playlist begins with a segment. */
  readonly #leaving: { readonly inits: number; readonly whenFirst: number }[] = [];
  #neededInit: number;

  /**
   * @param gone what was told to be before
   * @param graceSegments so many after a segment has left is it gone
   */
  constructor(gone: FileCounts, graceSegments: number) {
    this.#gone = gone;
    this.#neededInit = gone.inits;
    this.#graceSegments = graceSegments;
  }

  get gone(): FileCounts {
    return this.#gone;
  }

  /**
   * @param firstSegment number of the oldest one in the playlist, and that of its init segment
   * @returns names of files that are gone now
   */
  left(firstSegment: number, firstInit: number): string[] {
    if (firstInit > this.#neededInit) {
      this.#neededInit = firstInit;
      this.#leaving.push({ inits: firstInit, whenFirst: firstSegment + this.#graceSegments });
    }
    const { segments, inits } = this.#gone;
    const goneSegments = Math.max(segments, firstSegment - this.#graceSegments);
    let goneInits = inits;
    for (let next = this.#leaving[0]; next && next.whenFirst <= firstSegment; next = this.#leaving[0]) {
      goneInits = next.inits;
      this.#leaving.shift();
    }
    this.#gone = { segments: goneSegments, inits: goneInits };
    return [
      ...numbersFrom(segments, goneSegments).map((number) => `${number}.mp4`),
      ...numbersFrom(inits, goneInits).map((number) => `init-${number}.mp4`),
    ];
  }
}

function numbersFrom(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
