import { BLACK, Canvas } from '../../codec/canvas.ts';
import type { PictureSize } from '../../codec/picture-size.ts';
import { overlap } from '../../codec/rectangle.ts';
import type { Tile } from '../layout/layout.ts';
import { DrawnTile, type PictureSource } from './drawn-tile.ts';

/** A tile and whose video it shows; later ones lie above. */
export interface FilledTile {
  readonly tile: Tile;
  readonly video: PictureSource | undefined;
}

/** The picture that is composed: drawn anew only where something has changed. */
export class Painting {
  readonly canvas: Canvas;
  #drawn: DrawnTile[] = [];

  /** @throws {CodecFailure} */
  constructor(size: PictureSize) {
    this.canvas = new Canvas(size);
  }

  /** Draws what there is to be seen at a time. One at a time. */
  async paint(tiles: readonly FilledTile[], timeMs: number): Promise<void> {
    const moved = this.#arrange(tiles);
    const scaling: Promise<void>[] = [];
    for (const [index, { video }] of tiles.entries()) {
      const waited = this.#drawn[index]?.update(video, timeMs);
      if (waited) scaling.push(waited);
    }
    await allDone(scaling);
    if (moved) this.#drawAll();
    else this.#drawChanged();
  }

  /** Not while it paints. */
  close(): void {
    for (const each of this.#drawn) each.close();
    this.#drawn = [];
    this.canvas.close();
  }

  /** @returns whether any tile is elsewhere than before */
  #arrange(tiles: readonly FilledTile[]): boolean {
    if (tiles.length === this.#drawn.length && tiles.every(({ tile }, index) => same(tile, this.#drawn[index]?.tile)))
      return false;
    const before = new Map(this.#drawn.map((each) => [each.tile.participantId, each]));
    this.#drawn = tiles.map(({ tile }) => {
      const drawn = before.get(tile.participantId) ?? new DrawnTile(tile);
      before.delete(tile.participantId);
      drawn.move(tile);
      return drawn;
    });
    for (const gone of before.values()) gone.close();
    return true;
  }

  #drawAll(): void {
    const { width, height } = this.canvas;
    this.canvas.fill({ x: 0, y: 0, width, height }, BLACK);
    for (const each of this.#drawn) each.draw(this.canvas);
  }

  #drawChanged(): void {
    const drawn: Tile[] = [];
    for (const each of this.#drawn) {
      if (!each.changed && !drawn.some((below) => overlap(below, each.tile))) continue;
      each.draw(this.canvas);
      drawn.push(each.tile);
    }
  }
}

/** Waits for all, also when one fails: none may be at work any more when they are closed. */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

function same(one: Tile, other: Tile | undefined): boolean {
  return (
    one === other ||
    (one.participantId === other?.participantId &&
      one.x === other.x &&
      one.y === other.y &&
      one.width === other.width &&
      one.height === other.height &&
      one.fillMode === other.fillMode)
  );
}
