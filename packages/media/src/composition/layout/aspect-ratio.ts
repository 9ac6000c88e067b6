import type { GridLayout, LaidOutParticipant } from './layout.ts';

const VIDEO = 16 / 9;
const ratioOf = { VIDEO, SQUARE: 1, PORTRAIT: 3 / 4 };

const landscape = [21 / 9, VIDEO, 16 / 10, 3 / 2, 4 / 3];
const usual = [...landscape, 1, ...landscape.map((ratio) => 1 / ratio)];

/**
 * So far a picture may be off a usual ratio and count as having it. The layers of one video are off by different
 * amounts, for their sides are rounded: without this a tile would change its size with the layer that is received for it.
 */
const TOLERANCE = 0.03;

/** Width by height, and height by width: what is longer is cut by the tile. */
const LONGEST = 4;

/** Width by height of a participant's own picture, that of most videos while it is not known. */
export function ownAspectRatio({ aspectRatio }: LaidOutParticipant): number {
  if (aspectRatio === undefined || !(aspectRatio > 0)) return VIDEO;
  const ratio = Math.min(LONGEST, Math.max(1 / LONGEST, aspectRatio));
  return usual.find((candidate) => Math.abs(ratio / candidate - 1) < TOLERANCE) ?? ratio;
}

/** Width by height of a participant's tile. */
export function tileAspectRatio(participant: LaidOutParticipant, shape: GridLayout['videoAspectRatio']): number {
  return shape === 'AUTO' ? ownAspectRatio(participant) : ratioOf[shape];
}
