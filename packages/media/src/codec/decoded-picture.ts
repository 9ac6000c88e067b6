import type { Frame } from '#node-av/lib';
import type { PictureSize } from './picture-size.ts';

/** A picture in the memory of the decoder that made it. It lasts until everybody who held it has let go. */
export class DecodedPicture implements PictureSize {
  readonly width: number;
  readonly height: number;
  readonly #free: (frame: Frame) => void;
  #frame: Frame | undefined;
  #holders = 1;

  /** Held by who makes it. */
  constructor(frame: Frame, free: (frame: Frame) => void) {
    this.width = frame.width;
    this.height = frame.height;
    this.#frame = frame;
    this.#free = free;
  }

  /** For this folder. @throws {RangeError} when nobody holds it any more */
  get frame(): Frame {
    if (this.#frame === undefined) throw new RangeError('A picture is used that was let go');
    return this.#frame;
  }

  /** For as long as it is worked with; then it is {@link release}d. */
  hold(): void {
    if (this.#frame === undefined) throw new RangeError('A picture is held that was let go');
    this.#holders += 1;
  }

  /** Once for each who holds it. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0 || this.#frame === undefined) return;
    this.#free(this.#frame);
    this.#frame = undefined;
  }
}
