import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { bytes, mutated } from '../rtp/rtp.fixture.ts';
import { type AacFrame, readAudioTag, writeAudioTag } from './audio-tag.ts';

const read = (text: string) => readAudioTag(Buffer.from(text.replaceAll(' ', ''), 'hex'), 7);
const track = { trackId: 0, timestampMs: 7 };

describe('an audio tag', () => {
  it('holds a configuration or a frame of AAC', () => {
    assert.deepEqual(read('af 00 1190'), [{ kind: 'config', ...track, audioSpecificConfig: Buffer.of(0x11, 0x90) }]);
    assert.deepEqual(read('af 01 2100'), [{ kind: 'frame', ...track, data: Buffer.of(0x21, 0) }]);
    assert.deepEqual(read('a3 01 2100'), [{ kind: 'frame', ...track, data: Buffer.of(0x21, 0) }]);
  });

  it('gives nothing without sound', () => {
    for (const body of ['af', 'af 00', 'af 01', 'af 05 00', '91 6d703461', '92 6d703461 00'])
      assert.deepEqual(read(body), []);
  });

  it('tells of another codec which one it is', () => {
    assert.deepEqual(read('2f ff'), [{ kind: 'unsupported', ...track, codec: '2' }]);
    assert.deepEqual(read('91 4f707573 00'), [{ kind: 'unsupported', ...track, codec: 'Opus' }]);
  });

  it('may come as Enhanced RTMP, also in tracks', () => {
    assert.deepEqual(read('90 6d703461 1190'), [
      { kind: 'config', ...track, audioSpecificConfig: Buffer.of(0x11, 0x90) },
    ]);
    assert.deepEqual(read('97 00 00 01 6d703461 21'), [{ kind: 'frame', ...track, data: Buffer.of(0x21) }]);
    assert.deepEqual(read('95 11 6d703461 00 000001 21 01 000001 22'), [
      { kind: 'frame', ...track, data: Buffer.of(0x21) },
      { kind: 'frame', ...track, trackId: 1, data: Buffer.of(0x22) },
    ]);
  });

  it('is refused when it is cut off', () => {
    for (const body of ['91 6d70', '95 11 6d703461 00 000002 21', '97 00']) {
      assert.throws(() => read(body), { name: 'MalformedMedia', reason: 'TRUNCATED' });
    }
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(bytes({ minLength: 1 }), (data) => {
        const tag: AacFrame = { kind: 'frame', ...track, data };
        assert.deepEqual(readAudioTag(writeAudioTag(tag), 7), [tag]);
      }),
    );
  });

  it('is brought to nothing but its own refusal', () => {
    const some = mutated(Buffer.from('95116d703461000000012101000001220201', 'hex'));
    fc.assert(
      fc.property(fc.oneof(some, bytes({ minLength: 1 })), (body) => {
        try {
          if (body.length > 0) readAudioTag(body, 0);
        } catch (error) {
          assert.ok(error instanceof MalformedMedia, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
