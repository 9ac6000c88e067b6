import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tile } from './layout/layout.ts';
import { largestTiles, WantedVideos } from './wanted-videos.ts';

const tile = (participantId: string, width: number, height: number): Tile => ({
  participantId,
  x: 0,
  y: 0,
  width,
  height,
  fillMode: 'COVER',
});

describe('wanted videos', () => {
  it('are as large as the larger of their tiles, whichever side that is', () => {
    const tiles = [tile('alice', 640, 360), tile('bob', 100, 100), tile('alice', 400, 700)];
    assert.deepEqual(
      largestTiles(tiles),
      new Map([
        ['alice', { width: 640, height: 700 }],
        ['bob', { width: 100, height: 100 }],
      ]),
    );
  });

  it('are told once, hidden ones as well', () => {
    const wanted = new WantedVideos();
    const sizes = new Map([['alice', { width: 640, height: 360 }]]);
    assert.deepEqual(wanted.update(['alice', 'bob'], sizes), [
      { participantId: 'alice', size: { width: 640, height: 360 } },
      { participantId: 'bob', size: undefined },
    ]);
    assert.deepEqual(wanted.update(['alice', 'bob'], sizes), []);
  });

  it('are told again when they are hidden, shown, or of a noticeably other size than was told', () => {
    const wanted = new WantedVideos();
    const update = (width?: number) =>
      wanted.update(['alice'], new Map(width === undefined ? [] : [['alice', { width, height: 360 }]]));
    update(640);
    assert.deepEqual(update(636), []);
    assert.equal(update(630).length, 1);
    assert.equal(update().length, 1);
    assert.equal(update(630).length, 1);
    // By little each time, but then it is much.
    assert.deepEqual(
      [622, 616].map((width) => update(width).length),
      [0, 1],
    );
  });

  it('are told anew of whoever comes again', () => {
    const wanted = new WantedVideos();
    const sizes = new Map([['alice', { width: 640, height: 360 }]]);
    wanted.update(['alice'], sizes);
    wanted.update([], new Map());
    assert.equal(wanted.update(['alice'], sizes).length, 1);
  });
});
