import { type Area, evenAbove } from './area.ts';
import { ownAspectRatio, tileAspectRatio } from './aspect-ratio.ts';
import { findMarked } from './attribute.ts';
import { featuredAreas } from './featured.ts';
import { gridOf } from './grid.ts';
import type { FillMode, GridLayout, LaidOutParticipant, Layout, PipLayout, Tile } from './layout.ts';
import { inOrder } from './order.ts';
import { pipWindow } from './pip-window.ts';

/**
 * Who is seen where. Whoever has no tile is heard only: for the layout leaves out those without a picture, or shows one
 * participant over the whole picture, or there is no room for tiles of two pixels.
 *
 * @param participants all who publish, in the order of their arrival
 * @param picture in pixels, both even
 */
export function arrange(
  layout: Layout,
  participants: readonly LaidOutParticipant[],
  { width, height }: { readonly width: number; readonly height: number },
): Tile[] {
  const picture = { x: 0, y: 0, width, height };
  if ('grid' in layout) return arrangeGrid(layout.grid, visible(layout.grid, participants), picture);
  return arrangePip(layout.pip, visible(layout.pip, participants), picture);
}

function visible(layout: GridLayout | PipLayout, participants: readonly LaidOutParticipant[]): LaidOutParticipant[] {
  const ordered = inOrder(participants, layout.participantOrderAttribute);
  return layout.omitStoppedVideo ? ordered.filter(({ hasVideo }) => hasVideo) : ordered;
}

function arrangeGrid(layout: GridLayout, participants: readonly LaidOutParticipant[], picture: Area): Tile[] {
  const { videoAspectRatio, videoFillMode, gridGap } = layout;
  const gap = evenAbove(gridGap);
  const rows: Rows = { shape: videoAspectRatio, gap, fillMode: videoFillMode === '' ? 'COVER' : videoFillMode };
  const featured = findMarked(participants, layout.featuredParticipantAttribute);
  if (!featured) return fillPicture(picture, participants, rows);

  const fillMode = videoFillMode === '' ? 'CONTAIN' : videoFillMode;
  const others = participants.filter((participant) => participant !== featured);
  if (others.length === 0) return [tile(featured, picture, fillMode)];
  const areas = featuredAreas(picture, gap);
  return [tile(featured, areas.featured, fillMode), ...inRows(areas.strip, others, rows)];
}

function arrangePip(layout: PipLayout, participants: readonly LaidOutParticipant[], picture: Area): Tile[] {
  const fillMode = layout.videoFillMode;
  const inWindow = findMarked(participants, layout.pipParticipantAttribute);
  const others = participants.filter((participant) => participant !== inWindow);
  const featured = findMarked(others, layout.featuredParticipantAttribute);
  const background = featured
    ? [tile(featured, picture, fillMode)]
    : fillPicture(picture, others, { shape: 'VIDEO', gap: evenAbove(layout.gridGap), fillMode });
  if (!inWindow) return background;
  const grows = layout.pipBehavior === 'DYNAMIC' && others.length === 0;
  const window = grows ? picture : pipWindow(layout, ownAspectRatio(inWindow), picture);
  return [...background, tile(inWindow, window, fillMode)];
}

interface Rows {
  readonly shape: GridLayout['videoAspectRatio'];
  /** Even. */
  readonly gap: number;
  readonly fillMode: FillMode;
}

/** Rows of tiles; the only participant has the whole picture, whatever the shape of tiles. */
function fillPicture(picture: Area, participants: readonly LaidOutParticipant[], rows: Rows): Tile[] {
  const [first, second] = participants;
  return first && !second ? [tile(first, picture, rows.fillMode)] : inRows(picture, participants, rows);
}

function inRows(area: Area, participants: readonly LaidOutParticipant[], { shape, gap, fillMode }: Rows): Tile[] {
  const ratios = participants.map((participant) => tileAspectRatio(participant, shape));
  const areas = gridOf(area, ratios, gap);
  return participants.flatMap((participant, index) => {
    const place = areas[index];
    return place ? [tile(participant, place, fillMode)] : [];
  });
}

function tile({ participantId }: LaidOutParticipant, { x, y, width, height }: Area, fillMode: FillMode): Tile {
  return { participantId, x, y, width, height, fillMode };
}
