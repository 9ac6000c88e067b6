import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { types as HlsTypes, parse } from 'hls-parser';
import { Parser } from 'm3u8-parser';
import { type MediaPlaylist, type PlaylistEntry, writeMediaPlaylist } from './media-playlist.ts';
import { MalformedPlaylist, readMediaPlaylist } from './read-media-playlist.ts';

const entry = (fields: Partial<PlaylistEntry> = {}): PlaylistEntry => ({
  uri: '0.mp4',
  durationSeconds: 6,
  discontinuity: false,
  map: 'init-0.mp4',
  ...fields,
});

const recording: MediaPlaylist = {
  type: 'VOD',
  targetDurationSeconds: 7,
  entries: [
    entry({ durationSeconds: 6.006, programDateTimeMs: Date.UTC(2026, 10, 21, 20, 1, 4, 120) }),
    entry({ uri: '1.mp4', durationSeconds: 6.4 }),
    entry({
      uri: '2.mp4',
      durationSeconds: 5.98,
      discontinuity: true,
      map: 'init-1.mp4',
      programDateTimeMs: Date.UTC(2026, 10, 21, 20, 2, 31, 50),
    }),
  ],
};

/** Any playlist that a recording can have. Durations are whole microseconds, as they are written. */
const playlists: fc.Arbitrary<MediaPlaylist> = fc.integer({ min: 1, max: 20 }).chain((targetDurationSeconds) =>
  fc.record(
    {
      type: fc.constantFrom('EVENT' as const, 'VOD' as const),
      targetDurationSeconds: fc.constant(targetDurationSeconds),
      entries: fc.array(
        fc.record(
          {
            uri: fc.nat(100_000).map((number) => `${number}.mp4`),
            durationSeconds: fc.integer({ min: 1, max: targetDurationSeconds * 1e6 }).map((micros) => micros / 1e6),
            discontinuity: fc.boolean(),
            map: fc.nat(3).map((number) => `init-${number}.mp4`),
            programDateTimeMs: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
          },
          { requiredKeys: ['uri', 'durationSeconds', 'discontinuity', 'map'], noNullPrototype: true },
        ),
        { maxLength: 20 },
      ),
      gone: fc.record({ segments: fc.nat(2 ** 40), discontinuities: fc.nat(1_000_000) }, { noNullPrototype: true }),
    },
    { requiredKeys: ['type', 'targetDurationSeconds', 'entries'], noNullPrototype: true },
  ),
);

describe('a media playlist', () => {
  it('is written with a map and a time at the beginning and after each discontinuity', () => {
    assert.equal(
      writeMediaPlaylist(recording),
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:7
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:01:04.120Z
#EXTINF:6.006000,
0.mp4
#EXTINF:6.400000,
1.mp4
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:02:31.050Z
#EXTINF:5.980000,
2.mp4
#EXT-X-ENDLIST
`,
    );
  });

  it('has no end while it grows, and growing changes nothing that was there', () => {
    const event = { ...recording, type: 'EVENT' as const };
    const text = writeMediaPlaylist(event);
    assert.match(text, /PLAYLIST-TYPE:EVENT/);
    assert.doesNotMatch(text, /ENDLIST/);
    const more = writeMediaPlaylist({ ...event, entries: [...event.entries, entry({ uri: '3.mp4' })] });
    assert.ok(more.startsWith(text));
  });

  it('of a live stream tells how much has left, and is of no type: it keeps neither its beginning nor all of itself', () => {
    const live = { ...recording, type: 'EVENT' as const, gone: { segments: 117, discontinuities: 3 } };
    const text = writeMediaPlaylist(live);
    assert.ok(
      text.startsWith(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:7
#EXT-X-MEDIA-SEQUENCE:117
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-MAP:URI="init-0.mp4"
`),
    );
    assert.doesNotMatch(text, /TYPE|ENDLIST/);
    assert.equal(writeMediaPlaylist({ ...live, type: 'VOD' }), `${text}#EXT-X-ENDLIST\n`);
  });

  it('is read again as it was written', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        assert.deepEqual(readMediaPlaylist(writeMediaPlaylist(playlist)), playlist);
      }),
    );
  });

  it('means the same to two parsers that others wrote', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        const text = writeMediaPlaylist(playlist);
        assert.deepEqual(byHlsParser(text), meaning(playlist));
        assert.deepEqual(byM3u8Parser(text), meaning(playlist));
      }),
      { numRuns: 50 },
    );
  });

  it('is not written with a segment above its target duration, rounded', () => {
    const lasting = (durationSeconds: number) => () =>
      writeMediaPlaylist({ ...recording, entries: [entry({ durationSeconds })] });
    assert.doesNotThrow(lasting(7.499));
    for (const durationSeconds of [7.5, 7.4999999, 0, 1e-7, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(lasting(durationSeconds), RangeError, String(durationSeconds));
    }
  });

  it('is not written with names that are more than names', () => {
    for (const name of ['../0.mp4', 'a/0.mp4', '0.mp4\n#EXT-X-ENDLIST', '#0.mp4', '', '"0.mp4', 'https://a/0.mp4']) {
      assert.throws(() => writeMediaPlaylist({ ...recording, entries: [entry({ uri: name })] }), RangeError, name);
      assert.throws(() => writeMediaPlaylist({ ...recording, entries: [entry({ map: name })] }), RangeError, name);
    }
  });
});

describe('reading a media playlist', () => {
  const text = writeMediaPlaylist(recording);

  it('refuses one that was cut off anywhere', () => {
    for (let length = 0; length < text.length; length += 1) {
      assert.throws(() => readMediaPlaylist(text.slice(0, length)), MalformedPlaylist, text.slice(0, length));
    }
  });

  it('refuses what was changed', () => {
    const changes: [string | RegExp, string][] = [
      ['#EXTM3U\n', ''],
      ['VERSION:7', 'VERSION:8'],
      ['TARGETDURATION:7', 'TARGETDURATION:5'],
      ['TARGETDURATION:7', 'TARGETDURATION:9999'],
      ['TARGETDURATION:7', 'TARGETDURATION:1e9'],
      ['TYPE:VOD', 'TYPE:EVENT'],
      ['TYPE:VOD', 'TYPE:LIVE'],
      ['#EXT-X-ENDLIST\n', ''],
      ['MEDIA-SEQUENCE:0', 'MEDIA-SEQUENCE:1'],
      ['#EXT-X-PLAYLIST-TYPE:VOD\n', ''],
      [
        '#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:0\n',
        '#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:-1\n',
      ],
      [/#EXT-X-MAP.*\n/, ''],
      ['init-0.mp4', '../init-0.mp4'],
      ['\n0.mp4', '\n../../0.mp4'],
      ['\n0.mp4', '\n#0.mp4'],
      ['#EXTINF:6.400000,', '#EXTINF:9.400000,'],
      ['#EXTINF:6.400000,', '#EXTINF:0.000000,'],
      ['#EXTINF:6.400000,', '#EXTINF:-1.000000,'],
      ['#EXTINF:6.400000,', '#EXT-X-KEY:METHOD=NONE'],
      ['2026-11-21', '2026-13-41'],
    ];
    for (const [from, to] of changes) {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      assert.throws(() => readMediaPlaylist(changed), MalformedPlaylist, `${from} → ${to}`);
    }
  });

  it('refuses one that is longer than any recording', () => {
    assert.throws(() => readMediaPlaylist(`${text}${'\n'.repeat(16 * 1024 * 1024)}`), /too long/);
  });

  it('fails in no other way, whatever it is given', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom(...text.split('\n')), fc.string()), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, (lines) => {
        try {
          readMediaPlaylist(lines.join('\n'));
        } catch (error) {
          assert.ok(error instanceof MalformedPlaylist);
        }
      }),
    );
  });
});

/** What matters to a player, with times where they are written and the map that holds for each segment. */
function meaning({ type, targetDurationSeconds, entries, gone }: MediaPlaylist): object {
  return {
    ended: type === 'VOD',
    type: gone ? undefined : type,
    gone: gone ?? { segments: 0, discontinuities: 0 },
    targetDurationSeconds,
    segments: entries.map(({ uri, map, durationSeconds, discontinuity, programDateTimeMs }) => ({
      uri,
      map,
      durationSeconds,
      discontinuity,
      programDateTimeMs,
    })),
  };
}

function byHlsParser(text: string): object {
  const playlist = parse(text);
  assert.ok(playlist instanceof HlsTypes.MediaPlaylist);
  return {
    ended: playlist.endlist,
    type: playlist.playlistType,
    gone: { segments: playlist.mediaSequenceBase ?? 0, discontinuities: playlist.discontinuitySequenceBase ?? 0 },
    targetDurationSeconds: playlist.targetDuration,
    segments: playlist.segments.map(({ uri, map, duration, discontinuity, programDateTime }) => ({
      uri,
      map: map?.uri,
      durationSeconds: duration,
      discontinuity: discontinuity ?? false,
      programDateTimeMs: programDateTime?.getTime(),
    })),
  };
}

function byM3u8Parser(text: string): object {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  const { endList = false, targetDuration, segments, playlistType } = parser.manifest;
  const { mediaSequence, discontinuitySequence = 0 } = parser.manifest;
  return {
    ended: endList,
    type: playlistType,
    gone: { segments: mediaSequence, discontinuities: discontinuitySequence },
    targetDurationSeconds: targetDuration,
    segments: segments.map(({ uri, map, duration, discontinuity = false, dateTimeString }) => ({
      uri,
      map: map?.uri,
      durationSeconds: duration,
      discontinuity,
      programDateTimeMs: dateTimeString === undefined ? undefined : Date.parse(dateTimeString),
    })),
  };
}
