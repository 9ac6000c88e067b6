import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { types as HlsTypes, parse } from 'hls-parser';
import { Parser } from 'm3u8-parser';
import { writeMultivariantPlaylist } from './multivariant-playlist.ts';

const variant = {
  uri: 'high/playlist.m3u8',
  bandwidthBps: 2_699_999.5,
  codecs: ['avc1.42c01f', 'mp4a.40.2'],
  resolution: { width: 1280, height: 720 },
  frameRate: 29.97,
  hasIndependentSegments: true,
};

describe('a multivariant playlist', () => {
  it('tells what a player must know before it chooses', () => {
    assert.equal(
      writeMultivariantPlaylist(variant),
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=2700000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
high/playlist.m3u8
`,
    );
  });

  it('has no resolution and no frame rate where there is sound alone', () => {
    const text = writeMultivariantPlaylist({
      uri: 'high/playlist.m3u8',
      bandwidthBps: 130_000,
      averageBandwidthBps: 128_000,
      codecs: ['mp4a.40.2'],
      hasIndependentSegments: true,
    });
    assert.match(text, /^#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"$/m);
  });

  it('promises nothing of segments that may begin without a key frame', () => {
    const text = writeMultivariantPlaylist({ ...variant, hasIndependentSegments: false });
    assert.equal(
      text,
      writeMultivariantPlaylist(variant).replace('#EXT-X-INDEPENDENT-SEGMENTS\n', ''),
      'and says the same beside that',
    );
    assert.ok(!text.includes('INDEPENDENT'));
  });

  it('means the same to two parsers that others wrote', () => {
    const text = writeMultivariantPlaylist(variant);
    const strict = parse(text);
    assert.ok(strict instanceof HlsTypes.MasterPlaylist);
    assert.deepEqual(
      strict.variants.map(({ uri, bandwidth, codecs, resolution, frameRate }) => ({
        uri,
        bandwidth,
        codecs,
        resolution: { ...resolution },
        frameRate,
      })),
      [
        {
          uri: 'high/playlist.m3u8',
          bandwidth: 2_700_000,
          codecs: 'avc1.42c01f,mp4a.40.2',
          resolution: { width: 1280, height: 720 },
          frameRate: 29.97,
        },
      ],
    );
    const parser = new Parser();
    parser.push(text);
    parser.end();
    assert.deepEqual(
      parser.manifest.playlists.map(({ uri, attributes }) => [uri, attributes.BANDWIDTH, attributes.CODECS]),
      [['high/playlist.m3u8', 2_700_000, 'avc1.42c01f,mp4a.40.2']],
    );
  });
});
