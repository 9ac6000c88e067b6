import type { PictureSize, WantedVideo } from './composer-messages.ts';
import type { Tile } from './layout/layout.ts';

/** A tile that grows or shrinks by less needs no other video. */
const NOTICEABLE_PIXELS = 8;

/** For which size each video is needed: the larger of its tiles, side by side. */
export function largestTiles(tiles: Iterable<Tile>): Map<string, PictureSize> {
  const largest = new Map<string, PictureSize>();
  for (const { participantId, width, height } of tiles) {
    const before = largest.get(participantId) ?? { width: 0, height: 0 };
    largest.set(participantId, { width: Math.max(before.width, width), height: Math.max(before.height, height) });
  }
  return largest;
}

/** What was told of the videos that are wanted, so that only what is new is told. */
export class WantedVideos {
  /** By participant id. */
  #told = new Map<string, PictureSize | undefined>();

  /** @returns what differs from what was told before, nothing at all included: that of everybody who is new */
  update(participantIds: readonly string[], wanted: ReadonlyMap<string, PictureSize>): WantedVideo[] {
    const before = this.#told;
    this.#told = new Map();
    return participantIds.flatMap((participantId) => {
      const size = wanted.get(participantId);
      const known = before.get(participantId);
      const news = !before.has(participantId) || differs(known, size);
      this.#told.set(participantId, news ? size : known);
      return news ? [{ participantId, size }] : [];
    });
  }
}

function differs(one: PictureSize | undefined, other: PictureSize | undefined): boolean {
  if (!one || !other) return one !== other;
  const [width, height] = [Math.abs(one.width - other.width), Math.abs(one.height - other.height)];
  return Math.max(width, height) > NOTICEABLE_PIXELS;
}
