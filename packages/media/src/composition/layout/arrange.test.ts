import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrange } from './arrange.ts';
import { defaultGrid, defaultPip } from './default-layouts.ts';
import { hd, ids, participant, participants, written } from './layout.fixture.ts';
import type { FillMode, GridLayout, LaidOutParticipant, PipLayout } from './layout.ts';

function inGrid(people: readonly LaidOutParticipant[], layout: Partial<GridLayout> = {}, picture = hd) {
  return arrange({ grid: { ...defaultGrid, ...layout } }, people, picture);
}

function inPip(people: readonly LaidOutParticipant[], layout: Partial<PipLayout> = {}, picture = hd) {
  return arrange({ pip: { ...defaultPip, pipParticipantAttribute: 'pip', ...layout } }, people, picture);
}

const hidden = { hasVideo: false };
const pip = { pip: 'true' };
const lead = { lead: 'true' };

describe('a grid of participants', () => {
  const golden: Record<number, { size: string; rows: [top: number, ...left: number[]][] }> = {
    1: { size: '1280x720', rows: [[0, 0]] },
    2: { size: '638x358', rows: [[180, 0, 640]] },
    3: {
      size: '638x358',
      rows: [
        [0, 0, 640],
        [360, 320],
      ],
    },
    4: {
      size: '638x358',
      rows: [
        [0, 0, 640],
        [360, 0, 640],
      ],
    },
    5: {
      size: '424x238',
      rows: [
        [120, 2, 428, 854],
        [360, 214, 640],
      ],
    },
    6: {
      size: '424x238',
      rows: [
        [120, 2, 428, 854],
        [360, 2, 428, 854],
      ],
    },
    7: {
      size: '424x238',
      rows: [
        [0, 2, 428, 854],
        [240, 2, 428, 854],
        [480, 428],
      ],
    },
    8: {
      size: '424x238',
      rows: [
        [0, 2, 428, 854],
        [240, 2, 428, 854],
        [480, 214, 640],
      ],
    },
    9: {
      size: '424x238',
      rows: [
        [0, 2, 428, 854],
        [240, 2, 428, 854],
        [480, 2, 428, 854],
      ],
    },
    10: {
      size: '318x178',
      rows: [
        [90, 0, 320, 640, 960],
        [270, 0, 320, 640, 960],
        [450, 320, 640],
      ],
    },
    11: {
      size: '318x178',
      rows: [
        [90, 0, 320, 640, 960],
        [270, 0, 320, 640, 960],
        [450, 160, 480, 800],
      ],
    },
    12: {
      size: '318x178',
      rows: [
        [90, 0, 320, 640, 960],
        [270, 0, 320, 640, 960],
        [450, 0, 320, 640, 960],
      ],
    },
  };

  for (const [count, { size, rows }] of Object.entries(golden)) {
    it(`of ${count} in 1280x720`, () => {
      const places = rows.flatMap(([top, ...left]) => left.map((x) => `${x},${top}`));
      assert.deepEqual(
        written(inGrid(participants(Number(count)))),
        places.map((place, index) => `${index + 1} ${place} ${size}`),
      );
    });
  }

  it('is empty without participants', () => {
    assert.deepEqual(inGrid([]), []);
  });

  it('stands upright in an upright picture', () => {
    assert.deepEqual(written(inGrid(participants(3), {}, { width: 720, height: 1280 })), [
      '1 0,32 720x404',
      '2 0,438 720x404',
      '3 0,844 720x404',
    ]);
  });

  it('has tiles of the shape that is told', () => {
    assert.deepEqual(written(inGrid(participants(2), { videoAspectRatio: 'SQUARE' })), [
      '1 0,40 638x638',
      '2 640,40 638x638',
    ]);
    assert.deepEqual(written(inGrid(participants(2), { videoAspectRatio: 'PORTRAIT' })), [
      '1 98,0 540x720',
      '2 640,0 540x720',
    ]);
    const own = [participant('wide', {}, { aspectRatio: 16 / 9 }), participant('high', {}, { aspectRatio: 3 / 4 })];
    assert.deepEqual(written(inGrid(own, { videoAspectRatio: 'AUTO' })), ['wide 0,180 638x358', 'high 688,0 540x720']);
  });

  it('takes an odd gap for the next even one', () => {
    assert.deepEqual(inGrid(participants(5), { gridGap: 3 }), inGrid(participants(5), { gridGap: 4 }));
    assert.deepEqual(inGrid(participants(5), { gridGap: 1 }), inGrid(participants(5), { gridGap: 2 }));
  });

  it('is in the order of the attribute that is named', () => {
    const people = [participant('a'), participant('b', { seat: '2' }), participant('c', { seat: '-1' })];
    assert.equal(ids(inGrid(people, { participantOrderAttribute: 'seat' })), 'c b a');
  });

  it('keeps a tile for whoever has no picture, unless these are left out', () => {
    const people = [participant('a', {}, hidden), participant('b'), participant('c', {}, hidden), participant('d')];
    assert.equal(ids(inGrid(people)), 'a b c d');
    assert.deepEqual(inGrid(people, { omitStoppedVideo: true }), inGrid(people.filter(({ hasVideo }) => hasVideo)));
    assert.deepEqual(inGrid([participant('a', {}, hidden)], { omitStoppedVideo: true }), []);
  });
});

describe('a featured participant', () => {
  const featuring = { featuredParticipantAttribute: 'lead' };

  it('has the larger part above, the others a row below', () => {
    const people = [participant('a'), participant('b'), participant('f', lead), participant('c')];
    assert.deepEqual(written(inGrid(people, featuring)), [
      'f 0,0 1280x560',
      'a 218,562 280x158',
      'b 500,562 280x158',
      'c 782,562 280x158',
    ]);
  });

  it('has the others in two rows where that makes them larger', () => {
    const tiles = inGrid([participant('f', lead), ...participants(11)], featuring);
    assert.deepEqual(
      [...Map.groupBy(tiles, ({ y }) => y).values()].map(({ length }) => length),
      [1, 6, 5],
    );
    assert.deepEqual(written(tiles).slice(0, 2), ['f 0,0 1280x560', '1 220,562 138x78']);
  });

  it('fills the picture when there is nobody else', () => {
    assert.deepEqual(written(inGrid([participant('f', lead)], featuring)), ['f 0,0 1280x720']);
    const withHidden = [participant('f', lead), participant('a', {}, hidden)];
    assert.deepEqual(written(inGrid(withHidden, { ...featuring, omitStoppedVideo: true })), ['f 0,0 1280x720']);
  });

  it('is the first by order among several', () => {
    const people = [participant('a', { ...lead, seat: '2' }), participant('b', { ...lead, seat: '1' })];
    assert.equal(ids(inGrid(people, featuring)), 'a b');
    assert.equal(ids(inGrid(people, { ...featuring, participantOrderAttribute: 'seat' })), 'b a');
  });

  it('gives its place to the next one when those without a picture are left out', () => {
    const people = [participant('a', lead, hidden), participant('b'), participant('c', lead)];
    assert.equal(ids(inGrid(people, featuring)), 'a b c');
    assert.equal(ids(inGrid(people, { ...featuring, omitStoppedVideo: true })), 'c b');
  });

  it('is one whose attribute is exactly true', () => {
    for (const value of ['TRUE', 'True', '1', 'true ', '', 'yes']) {
      const people = [participant('a'), participant('b', { lead: value })];
      assert.deepEqual(inGrid(people, featuring), inGrid(people), JSON.stringify(value));
    }
    const people = [participant('a'), participant('b', { '': 'true' })];
    assert.deepEqual(inGrid(people, { featuredParticipantAttribute: '' }), inGrid(people));
  });

  it('is shown whole while the others are cut to their tiles, unless all are to be alike', () => {
    const fillModes = (videoFillMode: FillMode | '', people = [participant('a'), participant('f', lead)]) =>
      inGrid(people, { ...featuring, videoFillMode }).map(({ fillMode }) => fillMode);
    assert.deepEqual(fillModes(''), ['CONTAIN', 'COVER']);
    for (const mode of ['FILL', 'COVER', 'CONTAIN'] as const) assert.deepEqual(fillModes(mode), [mode, mode]);
    assert.deepEqual(fillModes('', [participant('f', lead)]), ['CONTAIN']);
    assert.deepEqual(fillModes('', [participant('a')]), ['COVER']);
    assert.deepEqual(fillModes('FILL', [participant('a')]), ['FILL']);
  });

  it('leaves the others some room however large the gap is', () => {
    const people = [participant('f', lead), participant('a')];
    assert.deepEqual(written(inGrid(people, { ...featuring, gridGap: 1000 })), ['f 0,0 1280x560', 'a 568,640 142x80']);
    assert.deepEqual(written(inGrid(people, featuring, { width: 4, height: 4 })), ['f 0,0 4x2', 'a 0,2 2x2']);
    assert.deepEqual(written(inGrid(people, featuring, { width: 2, height: 2 })), ['f 0,0 2x2']);
  });
});

describe('a picture in picture', () => {
  it('lies over the grid of all others', () => {
    assert.deepEqual(written(inPip([participant('w', pip), ...participants(4)])), [
      '1 0,0 640x360',
      '2 640,0 640x360',
      '3 0,360 640x360',
      '4 640,360 640x360',
      'w 960,540 320x180',
    ]);
    assert.deepEqual(written(inPip([participant('a'), participant('w', pip)])), [
      'a 0,0 1280x720',
      'w 960,540 320x180',
    ]);
  });

  it('has a gap between the others, not around itself', () => {
    const tiles = inPip([participant('w', pip), ...participants(2)], { gridGap: 19 });
    assert.deepEqual(written(tiles), ['1 0,182 630x354', '2 650,182 630x354', 'w 960,540 320x180']);
  });

  it('lies over the featured participant, who is the only other one to be seen', () => {
    const people = [participant('w', pip), participant('a'), participant('f', lead)];
    assert.deepEqual(written(inPip(people, { featuredParticipantAttribute: 'lead' })), [
      'f 0,0 1280x720',
      'w 960,540 320x180',
    ]);
  });

  it('is none without a participant for it', () => {
    assert.deepEqual(written(inPip(participants(2))), ['1 0,180 640x360', '2 640,180 640x360']);
    assert.deepEqual(written(inPip([participant('w', pip)], { pipParticipantAttribute: '' })), ['w 0,0 1280x720']);
    assert.deepEqual(inPip([]), []);
  });

  it('goes before being featured', () => {
    const layout = { featuredParticipantAttribute: 'lead' };
    const both = participant('both', { ...pip, ...lead });
    assert.deepEqual(written(inPip([both, participant('a')], layout)), ['a 0,0 1280x720', 'both 960,540 320x180']);
    assert.equal(ids(inPip([both, participant('a'), participant('f', lead)], layout)), 'f both');
    assert.equal(ids(inPip([both, participant('a'), participant('b')], layout)), 'a b both');
  });

  it('is of the first by order among several', () => {
    const people = [participant('a', { ...pip, seat: '2' }), participant('b', { ...pip, seat: '1' })];
    assert.equal(ids(inPip(people)), 'b a');
    assert.equal(ids(inPip(people, { participantOrderAttribute: 'seat' })), 'a b');
  });

  it('is of the next one when those without a picture are left out', () => {
    const people = [participant('a', pip, hidden), participant('b', pip), participant('c')];
    assert.equal(ids(inPip(people)), 'b c a');
    assert.equal(ids(inPip(people, { omitStoppedVideo: true })), 'c b');
  });

  it('stays as it is when nobody else is there, or grows to the whole picture', () => {
    const alone = [participant('w', pip)];
    assert.deepEqual(written(inPip(alone, { pipBehavior: 'STATIC' })), ['w 960,540 320x180']);
    assert.deepEqual(written(inPip(alone, { pipBehavior: 'DYNAMIC' })), ['w 0,0 1280x720']);
    const accompanied = [...alone, participant('a', {}, hidden)];
    assert.equal(written(inPip(accompanied, { pipBehavior: 'DYNAMIC' })).at(-1), 'w 960,540 320x180');
    const omitting = { pipBehavior: 'DYNAMIC', omitStoppedVideo: true } as const;
    assert.deepEqual(written(inPip(accompanied, omitting)), ['w 0,0 1280x720']);
  });

  it('has the fill mode of all tiles', () => {
    for (const mode of ['FILL', 'COVER', 'CONTAIN'] as const) {
      const tiles = inPip([participant('w', pip), ...participants(2)], { videoFillMode: mode });
      assert.deepEqual(
        tiles.map(({ fillMode }) => fillMode),
        [mode, mode, mode],
      );
    }
  });

  it('takes the shape of its participant', () => {
    const upright = participant('w', pip, { aspectRatio: 360 / 640 });
    assert.deepEqual(written(inPip([upright, participant('a')])), ['a 0,0 1280x720', 'w 1146,480 134x240']);
  });
});
