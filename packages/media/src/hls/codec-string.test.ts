import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { readAudioSpecificConfig } from './audio-specific-config.ts';
import { aacCodecString, avcCodecString } from './codec-string.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('a codec string', () => {
  it('tells profile, constraints and level of H.264', () => {
    assert.equal(avcCodecString(hex('6742c01fda01')), 'avc1.42c01f');
    assert.equal(avcCodecString(hex('6764000cacd9')), 'avc1.64000c');
  });

  it('tells the object type of AAC', () => {
    assert.equal(aacCodecString(hex('1190')), 'mp4a.40.2');
    assert.equal(aacCodecString(hex('2b8a0800')), 'mp4a.40.5');
  });
});

describe('an AudioSpecificConfig', () => {
  it('tells object type, sample rate and channels', () => {
    assert.deepEqual(readAudioSpecificConfig(hex('1190')), { objectType: 2, sampleRateHz: 48_000, channels: 2 });
    assert.deepEqual(readAudioSpecificConfig(hex('1208')), { objectType: 2, sampleRateHz: 44_100, channels: 1 });
    // Object type 32 + 2, and a rate that is spelled out.
    assert.deepEqual(readAudioSpecificConfig(hex('f85e005dc020')), {
      objectType: 34,
      sampleRateHz: 12_000,
      channels: 1,
    });
  });

  it('is refused when it is cut off, or tells no rate or no channels', () => {
    for (const config of ['', '11', '1700', '1180', '178000']) {
      assert.throws(() => readAudioSpecificConfig(hex(config)), MalformedMedia, config);
    }
  });
});
