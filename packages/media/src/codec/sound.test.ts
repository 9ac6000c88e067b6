import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AacDecoder } from './aac-decoder.ts';
import { AacEncoder } from './aac-encoder.ts';
import { CodecFailure } from './codec-failure.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { opusPackets } from './opus-packets.fixture.ts';
import { joinSound, type Pcm } from './pcm.ts';

const tone = '0.5*sin(2*PI*1000*t)';

describe('an Opus decoder', () => {
  it('gives stereo at 48 kHz, as long as each packet says', () => {
    const shapes = [
      { channels: 2, application: 'audio', frameMs: 20 },
      { channels: 1, application: 'voip', frameMs: 60 },
      { channels: 2, application: 'lowdelay', frameMs: 2.5 },
    ];
    for (const shape of shapes) {
      const decoder = new OpusDecoder();
      for (const packet of opusPackets(tone, { ...shape, seconds: 0.3 })) {
        const { planes, frames } = decoder.decode(packet);
        assert.equal(frames, 48 * shape.frameMs);
        assert.deepEqual(
          planes.map((plane) => plane.length),
          [frames, frames],
        );
      }
      decoder.close();
    }
  });

  it('gives the sound that went in', () => {
    const decoder = new OpusDecoder();
    const sound = joinSound(opusPackets(tone).map((packet) => decoder.decode(packet)));
    decoder.close();
    const level = effectiveLevel(sound.planes[0]?.subarray(9_600, 38_400) ?? new Float32Array());
    assert.ok(Math.abs(level - 0.5 * Math.SQRT1_2) < 0.01, String(level));
  });

  it('refuses what is no Opus, and goes on with what is', () => {
    const decoder = new OpusDecoder();
    const [packet = Buffer.alloc(0)] = opusPackets(tone, { seconds: 0.1 });
    assert.throws(() => decoder.decode(Buffer.of(0xff, 0xff, 1, 2, 3)), isInvalidData);
    assert.equal(decoder.decode(packet).frames, 960);
    decoder.close();
  });

  it('may be closed twice', () => {
    const decoder = new OpusDecoder();
    decoder.close();
    decoder.close();
  });
});

describe('an AAC encoder', () => {
  const opus = new OpusDecoder();

  it('gives frames of 1,024 samples, the first of which begins with the first sample', () => {
    const encoder = new AacEncoder({ channels: 2, bitrateBps: 128_000 });
    assert.equal(encoder.audioSpecificConfig.toString('hex', 0, 2), '1190');
    const frames = [...[700, 1_000, 5_000].flatMap((count) => encoder.encode(ramp(2, count))), ...encoder.flush()];
    encoder.close();
    assert.deepEqual(
      frames.map(({ position }) => position),
      [0, 1_024, 2_048, 3_072, 4_096, 5_120, 6_144],
    );
    assert.ok(frames.every(({ data }) => data.length > 0));
  });

  it('gives what decodes to the sound that went in, where it was', () => {
    const sound = joinSound(
      opusPackets('0.2*sin(2*PI*220*t)*exp(-3*mod(t,0.5))+0.2*sin(2*PI*659*t)+0.1*sin(2*PI*2793*t)+0.02*random(0)').map(
        (packet) => opus.decode(packet),
      ),
    );
    const encoder = new AacEncoder({ channels: 2, bitrateBps: 128_000 });
    const decoder = new AacDecoder(encoder.audioSpecificConfig);
    const frames = [...encoder.encode(sound), ...encoder.flush()];
    const [decoded] = joinSound(frames.map(({ data }) => decoder.decode(data))).planes;
    for (const each of [opus, encoder, decoder]) each.close();
    const noise = sound.planes[0]?.map((value, index) => value - (decoded?.[index] ?? 0)).subarray(4_800, 43_200);
    const ratio =
      effectiveLevel(sound.planes[0]?.subarray(4_800, 43_200) ?? new Float32Array()) /
      effectiveLevel(noise ?? new Float32Array(1));
    assert.ok(ratio > 10, `the sound is ${ratio} times as loud as what is wrong with it`);
  });

  it('may be of one channel', () => {
    const encoder = new AacEncoder({ channels: 1, bitrateBps: 64_000 });
    assert.equal(encoder.audioSpecificConfig.toString('hex', 0, 2), '1188');
    assert.equal([...encoder.encode(ramp(1, 2_048)), ...encoder.flush()].length, 2);
    encoder.close();
  });

  it('refuses sound of another number of channels', () => {
    const encoder = new AacEncoder({ channels: 2, bitrateBps: 128_000 });
    assert.throws(() => encoder.encode(ramp(1, 10)), RangeError);
    encoder.close();
  });
});

describe('sound', () => {
  it('is joined channel by channel', () => {
    const of = (...planes: number[][]): Pcm => ({
      planes: planes.map((plane) => Float32Array.from(plane)),
      frames: planes[0]?.length ?? 0,
    });
    assert.deepEqual(joinSound([of([1], [2]), of([3, 5], [4, 6])]), of([1, 3, 5], [2, 4, 6]));
    assert.deepEqual(joinSound([]), { planes: [], frames: 0 });
  });
});

function ramp(channels: number, frames: number): Pcm {
  const plane = Float32Array.from({ length: frames }, (_, index) => index / frames - 0.5);
  return { planes: Array(channels).fill(plane), frames };
}

function effectiveLevel(plane: Float32Array): number {
  return Math.sqrt(plane.reduce((sum, value) => sum + value * value, 0) / plane.length);
}

function isInvalidData(error: unknown): boolean {
  return error instanceof CodecFailure && error.reason === 'INVALID_DATA';
}
