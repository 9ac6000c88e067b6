import { Frame } from '#node-av/lib';
import { NativeObjects } from './native.ts';
import type { PictureSize } from './picture-size.ts';
import { allocatePicture, type Planes, planesOf } from './planes.ts';
import type { Rectangle } from './rectangle.ts';

/** Of the limited range. */
export interface Colour {
  readonly luma: number;
  readonly blue: number;
  readonly red: number;
}

export const BLACK: Colour = { luma: 16, blue: 128, red: 128 };

/** A picture to draw on, 4:2:0 of eight bits, black at first. All places and sizes are even. */
export class Canvas implements PictureSize {
  readonly width: number;
  readonly height: number;
  readonly #native = new NativeObjects();
  /** For this folder. */
  readonly frame = this.#native.own(new Frame(), (frame) => frame.free());
  readonly #planes: Planes;

  /** @throws {CodecFailure} */
  constructor({ width, height }: PictureSize) {
    this.width = width;
    this.height = height;
    try {
      allocatePicture(this.frame, { width, height });
      this.#planes = planesOf(this.frame);
    } catch (error) {
      this.#native.close();
      throw error;
    }
    this.fill({ x: 0, y: 0, width, height }, BLACK);
  }

  fill({ x, y, width, height }: Rectangle, { luma, blue, red }: Colour): void {
    for (const [index, value] of [luma, blue, red].entries()) {
      const shift = index === 0 ? 0 : 1;
      const plane = this.#planes.data[index] as Buffer;
      const stride = this.#planes.strides[index] as number;
      const end = (y + height) >> shift;
      for (let row = y >> shift; row < end; row += 1) {
        const at = row * stride + (x >> shift);
        plane.fill(value, at, at + (width >> shift));
      }
    }
  }

  draw({ data, strides }: Planes, { x, y, width, height }: Rectangle): void {
    for (let index = 0; index < 3; index += 1) {
      const shift = index === 0 ? 0 : 1;
      const source = data[index] as Buffer;
      const target = this.#planes.data[index] as Buffer;
      const sourceStride = strides[index] as number;
      const targetStride = this.#planes.strides[index] as number;
      const rowBytes = width >> shift;
      let from = 0;
      let to = (y >> shift) * targetStride + (x >> shift);
      for (let rows = height >> shift; rows > 0; rows -= 1) {
        source.copy(target, to, from, from + rowBytes);
        from += sourceStride;
        to += targetStride;
      }
    }
  }

  close(): void {
    this.#native.close();
  }
}
