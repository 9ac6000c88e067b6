import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Area } from './area.ts';
import { gridOf } from './grid.ts';

const evenSide = fc.integer({ min: 1, max: 960 }).map((half) => 2 * half);
const area = fc.record({
  x: fc.integer({ min: 0, max: 100 }).map((half) => 2 * half),
  y: fc.integer({ min: 0, max: 100 }).map((half) => 2 * half),
  width: evenSide,
  height: evenSide,
});
const count = fc.integer({ min: 1, max: 100 });
const anyGap = fc.oneof(fc.nat(20), fc.nat(2000)).map((half) => 2 * half);
const ratio = fc.oneof(fc.constantFrom(16 / 9, 1, 3 / 4), fc.double({ min: 1 / 4, max: 4, noNaN: true }));

function overlap(one: Area, other: Area): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/** Tiles of one size, row by row from above. */
function rowsOf(tiles: readonly Area[]): Area[][] {
  return [...Map.groupBy(tiles, ({ y }) => y).values()];
}

/** The widest even tile of so many columns, tried one by one. */
function widestTile(within: Area, tiles: number, columns: number, aspectRatio: number, gap: number): number {
  const rows = Math.ceil(tiles / columns);
  const fits = (width: number) =>
    columns * width + (columns - 1) * gap <= within.width &&
    (rows * width) / aspectRatio + (rows - 1) * gap <= within.height + 1e-6;
  let width = 0;
  while (fits(width + 2)) width += 2;
  return width;
}

describe('a grid', () => {
  it('has even tiles inside of its area, none over another, whatever is asked of it', () => {
    fc.assert(
      fc.property(area, fc.array(ratio, { minLength: 1, maxLength: 100 }), anyGap, (within, ratios, gap) => {
        const tiles = gridOf(within, ratios, gap);
        for (const [index, tile] of tiles.entries()) {
          for (const value of Object.values(tile)) assert.ok(Number.isInteger(value / 2), `${value} is not even`);
          assert.ok(tile.width >= 2 && tile.height >= 2);
          assert.ok(tile.x >= within.x && tile.x + tile.width <= within.x + within.width);
          assert.ok(tile.y >= within.y && tile.y + tile.height <= within.y + within.height);
          assert.ok(!tiles.slice(0, index).some((earlier) => overlap(earlier, tile)));
        }
        assert.equal(tiles.length, Math.min(ratios.length, (within.width * within.height) / 4));
      }),
      { numRuns: 300 },
    );
  });

  it('has the columns with which its tiles are largest', () => {
    const gap = fc.nat(4).map((half) => 2 * half);
    const large = fc.integer({ min: 100, max: 960 }).map((half) => 2 * half);
    fc.assert(
      fc.property(
        large,
        large,
        count,
        fc.constantFrom(16 / 9, 1, 3 / 4),
        gap,
        (width, height, tiles, shape, between) => {
          const within = { x: 0, y: 0, width, height };
          const [tile] = gridOf(within, Array(tiles).fill(shape), between) as [Area];
          let widest = 0;
          for (let columns = 1; columns <= tiles; columns += 1) {
            widest = Math.max(widest, widestTile(within, tiles, columns, shape, between));
          }
          // The area counts: a tile that is 2 narrower may be larger, since its height is rounded less.
          assert.ok(Math.abs(tile.width - widest) <= 2, `${tile.width} wide, and it could be ${widest}`);
          assert.ok(Math.abs(tile.height - tile.width / shape) <= 2 + 2 / shape);
        },
      ),
    );
  });

  it('is read from left to right and from above, in rows of as many, the last one with the rest', () => {
    fc.assert(
      fc.property(area, count, fc.constantFrom(16 / 9, 1, 3 / 4), anyGap, (within, tiles, shape, gap) => {
        const placed = gridOf(within, Array(tiles).fill(shape), gap);
        const rows = rowsOf(placed);
        assert.deepEqual(rows.flat(), placed);
        assert.deepEqual(
          placed,
          placed.toSorted((one, other) => one.y - other.y || one.x - other.x),
        );
        const [first] = rows as [Area[]];
        for (const row of rows.slice(0, -1)) assert.equal(row.length, first.length);
        assert.ok((rows.at(-1)?.length ?? 0) <= first.length);
      }),
    );
  });

  it('is in the middle of its area, and so is each row', () => {
    fc.assert(
      fc.property(area, count, anyGap, (within, tiles, gap) => {
        const placed = gridOf(within, Array(tiles).fill(16 / 9), gap);
        const assertMiddle = (before: number, after: number) => assert.ok(after - before >= 0 && after - before <= 2);
        for (const row of rowsOf(placed)) {
          const [first, last] = [row[0], row.at(-1)] as [Area, Area];
          assertMiddle(first.x - within.x, within.x + within.width - last.x - last.width);
        }
        const [first, last] = [placed[0], placed.at(-1)] as [Area, Area];
        assertMiddle(first.y - within.y, within.y + within.height - last.y - last.height);
      }),
    );
  });

  it('has exactly the gap between its tiles while that is small', () => {
    const large = fc.integer({ min: 400, max: 960 }).map((half) => 2 * half);
    fc.assert(
      fc.property(large, large, fc.integer({ min: 2, max: 12 }), fc.nat(8), (width, height, tiles, halfGap) => {
        const rows = rowsOf(gridOf({ x: 0, y: 0, width, height }, Array(tiles).fill(1), 2 * halfGap));
        for (const row of rows) {
          for (const [index, tile] of row.slice(1).entries()) {
            const left = row[index] as Area;
            assert.equal(tile.x - left.x - left.width, 2 * halfGap);
          }
        }
        for (const [index, [tile]] of rows.slice(1).entries()) {
          const above = rows[index]?.[0] as Area;
          assert.equal((tile as Area).y - above.y - above.height, 2 * halfGap);
        }
      }),
    );
  });

  it('makes a gap smaller that would take more than half of a side', () => {
    const tiles = gridOf({ x: 0, y: 0, width: 1280, height: 720 }, Array(4).fill(16 / 9), 5000);
    assert.deepEqual(tiles, [
      { x: 140, y: 0, width: 320, height: 180 },
      { x: 820, y: 0, width: 320, height: 180 },
      { x: 140, y: 540, width: 320, height: 180 },
      { x: 820, y: 540, width: 320, height: 180 },
    ]);
  });

  it('loses no pixels to the error of a division', () => {
    const tiles = gridOf({ x: 0, y: 0, width: 140, height: 100 }, [21 / 9], 0);
    assert.deepEqual(tiles, [{ x: 0, y: 20, width: 140, height: 60 }]);
  });

  it('has no more tiles than there is room for', () => {
    const smallest = gridOf({ x: 0, y: 0, width: 4, height: 2 }, Array(5).fill(1), 2);
    assert.deepEqual(smallest, [
      { x: 0, y: 0, width: 2, height: 2 },
      { x: 2, y: 0, width: 2, height: 2 },
    ]);
    assert.deepEqual(gridOf({ x: 0, y: 0, width: 1280, height: 720 }, [], 2), []);
  });

  it('has each tile in its own shape in the middle of a slot that is as large as any', () => {
    const tiles = gridOf({ x: 0, y: 0, width: 1280, height: 720 }, [16 / 9, 9 / 16, 1], 0);
    assert.deepEqual(tiles, [
      { x: 0, y: 240, width: 426, height: 240 },
      { x: 436, y: 0, width: 404, height: 720 },
      { x: 852, y: 146, width: 426, height: 426 },
    ]);
  });
});
