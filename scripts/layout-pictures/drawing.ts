import type { Tile } from '../../packages/media/src/composition/layout/layout.ts';

/** Somebody in a drawing. */
export interface Drawn {
  readonly participantId: string;
  readonly hasVideo: boolean;
  readonly aspectRatio: number | undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** So wide is a landscape drawing in a page, and so high an upright one. */
const LONGER_SIDE = 320;

/** Tiles as an SVG picture: coloured where a participant's video is, grey where there is none in its tile. */
export function drawTiles(title: string, tiles: readonly Tile[], people: readonly Drawn[], picture: Size): string {
  const scale = LONGER_SIDE / Math.max(picture.width, picture.height);
  const drawn = tiles.flatMap((tile) => {
    const index = people.findIndex(({ participantId }) => participantId === tile.participantId);
    const participant = people[index];
    return participant ? drawTile(tile, participant, index) : [];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${round(picture.width * scale)}" height="${round(picture.height * scale)}" viewBox="0 0 ${picture.width} ${picture.height}" font-family="sans-serif" text-anchor="middle" fill="#fff">
<title>${title}</title>
<rect width="${picture.width}" height="${picture.height}" fill="#000"/>
${drawn.join('\n')}
</svg>
`;
}

function drawTile(tile: Tile, participant: Drawn, index: number): string[] {
  const { x, y, width, height, participantId } = tile;
  const size = Math.round(Math.min(width, height) * 0.3);
  // A baseline a third of the letters' height below the middle has digits in the middle.
  const baseline = round(y + height / 2 + size * 0.36);
  return [
    participant.hasVideo
      ? drawVideo(tile, participant, index)
      : `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#2b2f36"/>`,
    `<text x="${round(x + width / 2)}" y="${baseline}" font-size="${size}">${participantId}</text>`,
  ];
}

function drawVideo({ x, y, width, height, fillMode }: Tile, { aspectRatio = 16 / 9 }: Drawn, index: number): string {
  const shown =
    fillMode === 'CONTAIN'
      ? { width: Math.min(width, height * aspectRatio), height: Math.min(height, width / aspectRatio) }
      : { width, height };
  const left = round(x + (width - shown.width) / 2);
  const top = round(y + (height - shown.height) / 2);
  return `<rect x="${left}" y="${top}" width="${round(shown.width)}" height="${round(shown.height)}" fill="${colourOf(index)}"/>`;
}

/** Neighbours are far from each other on the wheel of colours. */
function colourOf(index: number): string {
  return `hsl(${(205 + index * 137) % 360}, 45%, 42%)`;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
