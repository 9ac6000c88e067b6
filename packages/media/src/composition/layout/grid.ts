import { type Area, evenBelow, fit, SMALLEST_SIDE } from './area.ts';

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly gap: number;
  readonly tiles: readonly { readonly width: number; readonly height: number }[];
}

/**
 * Tiles in equal slots, row by row, centred, with that many columns with which they are largest together; of equal grids
 * the one with the fewest rows. A gap that would take more than half of a side is made smaller.
 *
 * @param aspectRatios of the tiles, in their order
 * @param gap between slots, even
 * @returns a tile for each ratio; fewer when there is no room for more, be they as small as can be
 */
export function gridOf(area: Area, aspectRatios: readonly number[], gap: number): Area[] {
  const room = (area.width / SMALLEST_SIDE) * (area.height / SMALLEST_SIDE);
  const shown = aspectRatios.slice(0, room);
  let best: Grid | undefined;
  for (let columns = 1; columns <= Math.min(shown.length, area.width / SMALLEST_SIDE); columns += 1) {
    const grid = tryColumns(area, shown, gap, columns);
    if (grid && (!best || isBetter(grid, best))) best = grid;
  }
  return best ? place(area, best) : [];
}

/** @returns undefined when so many rows are too many */
function tryColumns(area: Area, aspectRatios: readonly number[], wishedGap: number, columns: number): Grid | undefined {
  const rows = Math.ceil(aspectRatios.length / columns);
  if (rows > area.height / SMALLEST_SIDE) return undefined;
  const gap = Math.min(wishedGap, largestGap(area.width, columns), largestGap(area.height, rows));
  const width = (area.width - (columns - 1) * gap) / columns;
  const height = (area.height - (rows - 1) * gap) / rows;
  return { columns, rows, gap, tiles: aspectRatios.map((ratio) => fit(width, height, ratio)) };
}

function largestGap(length: number, slots: number): number {
  if (slots === 1) return Number.POSITIVE_INFINITY;
  return evenBelow(Math.min(length / 2, length - slots * SMALLEST_SIDE) / (slots - 1));
}

function isBetter(one: Grid, other: Grid): boolean {
  const difference = shownPixels(one) - shownPixels(other);
  return difference > 0 || (difference === 0 && one.rows < other.rows);
}

function shownPixels({ tiles }: Grid): number {
  return tiles.reduce((sum, { width, height }) => sum + width * height, 0);
}

function place(area: Area, { columns, rows, gap, tiles }: Grid): Area[] {
  const slotWidth = Math.max(...tiles.map(({ width }) => width));
  const slotHeight = Math.max(...tiles.map(({ height }) => height));
  const span = (slots: number, slot: number) => slots * slot + (slots - 1) * gap;
  const top = area.y + centre(span(rows, slotHeight), area.height);
  return tiles.map(({ width, height }, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, tiles.length - row * columns);
    const left = area.x + centre(span(inRow, slotWidth), area.width);
    const x = left + (index % columns) * (slotWidth + gap) + centre(width, slotWidth);
    const y = top + row * (slotHeight + gap) + centre(height, slotHeight);
    return { x, y, width, height };
  });
}

/** Where something begins that is in the middle of something longer. */
function centre(length: number, within: number): number {
  return evenBelow((within - length) / 2);
}
