import type { DecodedPicture } from '../../codec/decoded-picture.ts';

interface TimedPicture {
  readonly timeMs: number;
  readonly picture: DecodedPicture;
}

/** At most so many wait: half a second of 30 a second, which is the longest delay. They are large. */
const MAXIMUM_WAITING = 16;

/** The decoded pictures of one video: the one that is shown, and those whose time is to come. */
export class DuePictures {
  readonly #waiting: TimedPicture[] = [];
  #shown: TimedPicture | undefined;

  get hasRoom(): boolean {
    return this.#waiting.length < MAXIMUM_WAITING;
  }

  /** In the order of their times. Takes over what the giver held. */
  push(timeMs: number, picture: DecodedPicture): void {
    this.#waiting.push({ timeMs, picture });
  }

  /** The newest that is due at a time, or was at an earlier one. Held for no longer than until the next call. */
  at(timeMs: number): DecodedPicture | undefined {
    let due = 0;
    while (due < this.#waiting.length && (this.#waiting[due] as TimedPicture).timeMs <= timeMs) due += 1;
    if (due > 0) {
      const passed = this.#waiting.splice(0, due);
      this.#shown?.picture.release();
      this.#shown = passed.pop();
      for (const { picture } of passed) picture.release();
    }
    return this.#shown?.picture;
  }

  clear(): void {
    this.#shown?.picture.release();
    this.#shown = undefined;
    for (const { picture } of this.#waiting.splice(0)) picture.release();
  }
}
