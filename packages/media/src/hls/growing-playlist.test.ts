import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GrowingPlaylist } from './growing-playlist.ts';
import { type PlaylistEntry, writeMediaPlaylist } from './media-playlist.ts';
import { MAXIMUM_PLAYLIST_LENGTH, readMediaPlaylist } from './read-media-playlist.ts';
import { SlidingPlaylist } from './sliding-playlist.ts';

/** A segment of two seconds; of some the first one of a period. */
function entry(number: number, perPeriod: number): PlaylistEntry {
  const first = number % perPeriod === 0;
  return {
    uri: `${number}.mp4`,
    durationSeconds: 2,
    discontinuity: first && number > 0,
    map: `init-${Math.floor(number / perPeriod)}.mp4`,
    ...(first && { programDateTimeMs: Date.UTC(2026, 0, 1) + 2_000 * number }),
  };
}

const target = { targetDurationSeconds: 2 };

describe('a growing playlist', () => {
  it('is what is written of all its segments at once, wherever it was gone on with', () => {
    const entries = Array.from({ length: 12 }, (_, number) => entry(number, 5));
    const playlist = new GrowingPlaylist({ ...target, entries: entries.slice(0, 7) });
    for (const each of entries.slice(7)) playlist.add(each);
    assert.equal(playlist.segments, 12);
    assert.equal(playlist.text, writeMediaPlaylist({ ...target, type: 'EVENT', entries }));
  });

  it('takes 24 hours of 2 seconds each, and is far from too long then', () => {
    const playlist = new GrowingPlaylist({ ...target, entries: [] });
    for (let number = 0; number < 43_200; number += 1) playlist.add(entry(number, 100));
    assert.ok(playlist.text.length < MAXIMUM_PLAYLIST_LENGTH / 8, `${playlist.text.length} characters`);
    assert.equal(readMediaPlaylist(playlist.text).entries.length, 43_200);
  });

  it('takes no segment above its target duration', () => {
    const playlist = new GrowingPlaylist({ ...target, entries: [] });
    assert.throws(() => playlist.add({ ...entry(0, 1), durationSeconds: 2.5 }), RangeError);
  });
});

describe('a sliding playlist', () => {
  it('keeps the newest segments, and every segment its number and that of its discontinuity', () => {
    const playlist = new SlidingPlaylist({ ...target, entries: [] }, 4);
    for (let number = 0; number < 43_200; number += 1) {
      playlist.add(entry(number, 3));
      if (number > 20 && number < 43_190) continue;
      const { gone, entries } = readMediaPlaylist(playlist.text);
      assert.equal(entries.length, Math.min(4, number + 1));
      let discontinuities = gone?.discontinuities ?? Number.NaN;
      for (const [index, { uri, discontinuity }] of entries.entries()) {
        if (discontinuity) discontinuities += 1;
        const own = (gone?.segments ?? Number.NaN) + index;
        assert.equal(uri, `${own}.mp4`);
        assert.equal(discontinuities, Math.floor(own / 3));
      }
    }
    assert.equal(playlist.segments, 43_200);
  });

  it('goes on from what was read', () => {
    const playlist = new SlidingPlaylist({ ...target, entries: [] }, 4);
    for (let number = 0; number < 9; number += 1) playlist.add(entry(number, 3));
    const again = new SlidingPlaylist(readMediaPlaylist(playlist.text), 4);
    assert.equal(again.text, playlist.text);
    assert.deepEqual(again.first, { segment: 5, entry: entry(5, 3) });
    for (const each of [playlist, again]) each.add(entry(9, 3));
    assert.equal(again.text, playlist.text);
  });
});
