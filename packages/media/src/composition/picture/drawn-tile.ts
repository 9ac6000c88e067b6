import type { Canvas, Colour } from '../../codec/canvas.ts';
import { BLACK } from '../../codec/canvas.ts';
import { CodecFailure } from '../../codec/codec-failure.ts';
import type { DecodedPicture } from '../../codec/decoded-picture.ts';
import { PictureScaler } from '../../codec/picture-scaler.ts';
import type { PictureSize } from '../../codec/picture-size.ts';
import type { Rectangle } from '../../codec/rectangle.ts';
import type { Tile } from '../layout/layout.ts';
import { type Placement, place } from './placement.ts';

/** Stands for a video that is not there. */
const PLACEHOLDER: Colour = { luma: 40, blue: 130, red: 127 };

/** Where a tile's pictures come from. */
export interface PictureSource {
  pictureAt(timeMs: number): DecodedPicture | undefined;
}

/** A tile and what it shows, scaled. */
export class DrawnTile {
  #tile: Tile;
  /** The one that is scaled, to be compared alone. */
  #picture: DecodedPicture | undefined;
  #placement: (Placement & { readonly of: PictureSize }) | undefined;
  #scaler: PictureScaler | undefined;
  #changed = true;

  constructor(tile: Tile) {
    this.#tile = tile;
  }

  get tile(): Tile {
    return this.#tile;
  }

  /** Whether it looks otherwise than when it was drawn. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Puts it elsewhere, or gives it another size. */
  move(tile: Tile): void {
    const { width, height, fillMode } = this.#tile;
    this.#tile = tile;
    this.#changed = true;
    if (width === tile.width && height === tile.height && fillMode === tile.fillMode) return;
    this.#picture = undefined;
    this.#placement = undefined;
  }

  /** Takes the picture of a time. @returns what is to be waited for, if anything */
  update(source: PictureSource | undefined, timeMs: number): Promise<void> | undefined {
    const picture = source?.pictureAt(timeMs);
    if (picture === this.#picture) return undefined;
    this.#picture = picture;
    this.#changed = true;
    return picture && this.#scale(picture);
  }

  draw(canvas: Canvas): void {
    this.#changed = false;
    const { x, y } = this.#tile;
    if (!this.#picture || !this.#placement || !this.#scaler) {
      canvas.fill(this.#tile, PLACEHOLDER);
      return;
    }
    const { target } = this.#placement;
    for (const bar of barsAround(target, this.#tile)) canvas.fill(bar, BLACK);
    canvas.draw(this.#scaler.planes, { ...target, x: x + target.x, y: y + target.y });
  }

  /** Not while it is waited for. */
  close(): void {
    this.#scaler?.close();
    this.#scaler = undefined;
  }

  async #scale(picture: DecodedPicture): Promise<void> {
    picture.hold();
    try {
      const { crop, target } = this.#place(picture);
      if (this.#scaler?.width !== target.width || this.#scaler.height !== target.height) {
        this.close();
        this.#scaler = new PictureScaler(target);
      }
      await this.#scaler.scale(picture, crop);
    } catch (error) {
      if (!(error instanceof CodecFailure)) throw error;
      this.#placement = undefined; // the placeholder, until the next picture
    } finally {
      picture.release();
    }
  }

  #place(picture: DecodedPicture): Placement {
    const { width, height } = picture;
    if (this.#placement?.of.width !== width || this.#placement.of.height !== height) {
      this.#placement = { ...place(picture, this.#tile, this.#tile.fillMode), of: { width, height } };
    }
    return this.#placement;
  }
}

/** What of a tile its picture leaves free: above and below, or at both sides. */
function barsAround({ x, y, width, height }: Rectangle, tile: Rectangle): Rectangle[] {
  const bars = [
    { x: 0, y: 0, width: tile.width, height: y },
    { x: 0, y: y + height, width: tile.width, height: tile.height - y - height },
    { x: 0, y, width: x, height },
    { x: x + width, y, width: tile.width - x - width, height },
  ];
  return bars
    .filter((bar) => bar.width > 0 && bar.height > 0)
    .map((bar) => ({ ...bar, x: tile.x + bar.x, y: tile.y + bar.y }));
}
