import type { LaidOutParticipant, Tile } from './layout.ts';

export const hd = { width: 1280, height: 720 };

export function participant(
  participantId: string,
  attributes: Readonly<Record<string, string>> = {},
  rest: Partial<LaidOutParticipant> = {},
): LaidOutParticipant {
  return { participantId, attributes, hasVideo: true, aspectRatio: undefined, ...rest };
}

/** Participants of whom nothing is known, called 1, 2, 3 ... */
export function participants(count: number): LaidOutParticipant[] {
  return Array.from({ length: count }, (_, index) => participant(`${index + 1}`));
}

/** Tiles as text, so that a table of them can be read: `id x,y widthxheight`. */
export function written(tiles: readonly Tile[]): string[] {
  return tiles.map(({ participantId, x, y, width, height }) => `${participantId} ${x},${y} ${width}x${height}`);
}

export function ids(tiles: readonly { readonly participantId: string }[]): string {
  return tiles.map(({ participantId }) => participantId).join(' ');
}
