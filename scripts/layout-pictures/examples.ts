import { arrange } from '../../packages/media/src/composition/layout/arrange.ts';
import { defaultGrid, defaultPip } from '../../packages/media/src/composition/layout/default-layouts.ts';
import type {
  GridLayout,
  LaidOutParticipant,
  Layout,
  PipLayout,
} from '../../packages/media/src/composition/layout/layout.ts';
import { drawTiles } from './drawing.ts';

const landscape = { width: 1280, height: 720 };
const upright = { width: 720, height: 1280 };

const grid = (settings: Partial<GridLayout> = {}): Layout => ({
  grid: { ...defaultGrid, featuredParticipantAttribute: 'featured', ...settings },
});
const pip = (settings: Partial<PipLayout> = {}): Layout => ({
  pip: { ...defaultPip, featuredParticipantAttribute: 'featured', pipParticipantAttribute: 'pip', ...settings },
});

const featured = { attributes: { featured: 'true' } };
const inWindow = { attributes: { pip: 'true' } };

/** Participants called 1, 2, 3 ..., of whom some are told what is special about them. */
function people(count: number, special: Record<number, Partial<LaidOutParticipant>> = {}): LaidOutParticipant[] {
  return Array.from({ length: count }, (_, index) => ({
    participantId: `${index + 1}`,
    attributes: {},
    hasVideo: true,
    aspectRatio: 16 / 9,
    ...special[index + 1],
  }));
}

/** An upright video, and a square one. */
const mixed = { 2: { aspectRatio: 9 / 16 }, 4: { aspectRatio: 1 } };

/** The pictures of docs/composition.md, by the names of their files. */
export function layoutPictures(): Map<string, string> {
  const pictures = new Map<string, string>();
  const draw = (
    name: string,
    title: string,
    layout: Layout,
    participants: readonly LaidOutParticipant[],
    picture = landscape,
  ) => pictures.set(`${name}.svg`, drawTiles(title, arrange(layout, participants, picture), participants, picture));

  for (let count = 1; count <= 12; count += 1) draw(`grid-${count}`, `A grid of ${count}`, grid(), people(count));
  draw('grid-square', 'Square tiles', grid({ videoAspectRatio: 'SQUARE' }), people(5));
  draw('grid-portrait', 'Upright tiles', grid({ videoAspectRatio: 'PORTRAIT' }), people(5));
  draw('grid-auto', 'Tiles of their own shape', grid({ videoAspectRatio: 'AUTO' }), people(5, mixed));
  draw('grid-gap', 'A gap of 24', grid({ gridGap: 24 }), people(5));
  draw('grid-upright-picture', 'A grid in an upright picture', grid(), people(3), upright);
  draw('grid-stopped', 'A tile without video', grid(), people(3, { 2: { hasVideo: false } }));

  draw('featured-1', 'Featured, and nobody else', grid(), people(1, { 1: featured }));
  draw('featured-2', 'Featured above one', grid(), people(2, { 1: featured }));
  draw('featured-5', 'Featured above four', grid(), people(5, { 1: featured }));
  draw('featured-12', 'Featured above eleven', grid(), people(12, { 1: featured }));

  draw('pip-grid', 'A window over a grid', pip({ pipOffset: 24 }), people(5, { 1: inWindow }));
  draw('pip-featured', 'A window over the featured participant', pip(), people(5, { 1: inWindow, 2: featured }));
  for (const pipPosition of ['TOP_LEFT', 'TOP_RIGHT', 'BOTTOM_LEFT', 'BOTTOM_RIGHT'] as const) {
    const name = pipPosition.toLowerCase().replace('_', '-');
    draw(`pip-${name}`, `A window at ${pipPosition}`, pip({ pipPosition, pipOffset: 24 }), people(2, { 1: inWindow }));
  }
  const upright1 = { ...inWindow, aspectRatio: 9 / 16 };
  draw('pip-upright-window', 'A window of an upright video', pip(), people(2, { 1: upright1 }));
  draw('pip-static', 'A window and nobody else, STATIC', pip(), people(1, { 1: inWindow }));
  draw('pip-dynamic', 'A window and nobody else, DYNAMIC', pip({ pipBehavior: 'DYNAMIC' }), people(1, { 1: inWindow }));
  return pictures;
}
