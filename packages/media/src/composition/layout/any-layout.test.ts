import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arrange } from './arrange.ts';
import { hd, participant } from './layout.fixture.ts';
import type { LaidOutParticipant } from './layout.ts';

describe('any layout', () => {
  const even = fc.integer({ min: 1, max: 960 }).map((half) => 2 * half);
  const common = {
    featuredParticipantAttribute: fc.constantFrom('', 'lead'),
    participantOrderAttribute: fc.constantFrom('', 'seat'),
    omitStoppedVideo: fc.boolean(),
    gridGap: fc.oneof(fc.nat(20), fc.nat()),
  };
  const layout = fc.oneof(
    fc.record({
      grid: fc.record({
        ...common,
        videoAspectRatio: fc.constantFrom('AUTO', 'VIDEO', 'SQUARE', 'PORTRAIT'),
        videoFillMode: fc.constantFrom('', 'FILL', 'COVER', 'CONTAIN'),
      }),
    }),
    fc.record({
      pip: fc.record({
        ...common,
        videoFillMode: fc.constantFrom('FILL', 'COVER', 'CONTAIN'),
        pipParticipantAttribute: fc.constantFrom('', 'pip'),
        pipBehavior: fc.constantFrom('STATIC', 'DYNAMIC'),
        pipOffset: fc.nat(2000),
        pipPosition: fc.constantFrom('TOP_LEFT', 'TOP_RIGHT', 'BOTTOM_LEFT', 'BOTTOM_RIGHT'),
      }),
    }),
  );
  const person = fc.record({
    attributes: fc.dictionary(fc.constantFrom('lead', 'pip', 'seat'), fc.constantFrom('true', 'false', '1', '-2')),
    hasVideo: fc.boolean(),
    aspectRatio: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true }), { nil: undefined }),
  });
  const people = fc
    .array(person, { maxLength: 100 })
    .map((list) => list.map((one, index): LaidOutParticipant => ({ participantId: `p${index}`, ...one })));

  it('has even tiles inside of the picture, at most one for each participant', () => {
    fc.assert(
      fc.property(layout, people, even, even, (settings, present, width, height) => {
        const tiles = arrange(settings, present, { width, height });
        const seen = new Set(tiles.map(({ participantId }) => participantId));
        assert.equal(seen.size, tiles.length);
        const visible = new Set(
          present
            .filter(({ hasVideo }) => hasVideo || !('grid' in settings ? settings.grid : settings.pip).omitStoppedVideo)
            .map(({ participantId }) => participantId),
        );
        assert.ok(seen.isSubsetOf(visible));
        assert.equal(tiles.length > 0, visible.size > 0);
        for (const { x, y, width: w, height: h } of tiles) {
          for (const value of [x, y, w, h]) assert.ok(Number.isInteger(value / 2), `${value} is not even`);
          assert.ok(x >= 0 && w >= 2 && x + w <= width);
          assert.ok(y >= 0 && h >= 2 && y + h <= height);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has a tile for each of a hundred participants in 1280x720, and none lies over another but the window', () => {
    const settled = fc.array(person, { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(layout, settled, (settings, list) => {
        const present = list.map((one, index) => ({ participantId: `p${index}`, ...one, hasVideo: true }));
        const tiles = arrange(settings, present, hd);
        const inPicture = 'pip' in settings;
        const pipMarked =
          inPicture && present.some(({ attributes }) => attributes[settings.pip.pipParticipantAttribute] === 'true');
        const below = pipMarked ? tiles.slice(0, -1) : tiles;
        for (const [index, one] of below.entries()) {
          for (const other of below.slice(0, index)) {
            const apart =
              one.x >= other.x + other.width ||
              other.x >= one.x + one.width ||
              one.y >= other.y + other.height ||
              other.y >= one.y + one.height;
            assert.ok(apart, `${one.participantId} and ${other.participantId} overlap`);
          }
        }
        if (!inPicture) assert.equal(tiles.length, present.length);
      }),
    );
  });

  it('stays the same when somebody arrives who is not to be seen', () => {
    fc.assert(
      fc.property(layout, people, (settings, present) => {
        const omitting =
          'grid' in settings
            ? { grid: { ...settings.grid, omitStoppedVideo: true } }
            : { pip: { ...settings.pip, omitStoppedVideo: true } };
        const unseen = participant('unseen', { lead: 'true', pip: 'true', seat: '-9' }, { hasVideo: false });
        assert.deepEqual(arrange(omitting, [unseen, ...present], hd), arrange(omitting, present, hd));
      }),
    );
  });
});
