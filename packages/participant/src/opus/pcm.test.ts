import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeOpus, type SampleRate } from './decode-opus.ts';
import { checkPcm, encodePcm, levelOf, type OutgoingOpus } from './encode-pcm.ts';

/** A sine of half the greatest loudness, in pieces of a length that is no frame's. */
async function* tone(hz: number, sampleRate: number, seconds: number, channels = 1): AsyncGenerator<Int16Array> {
  const samples = Int16Array.from({ length: seconds * sampleRate * channels }, (_, index) =>
    Math.round(16_384 * Math.sin((2 * Math.PI * hz * Math.floor(index / channels)) / sampleRate)),
  );
  for (let offset = 0; offset < samples.length; offset += 700) yield samples.subarray(offset, offset + 700);
}

/** By how often a sound rises through zero. */
function frequency(samples: readonly number[], sampleRate: number): number {
  const rises = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
  return (rises * sampleRate) / samples.length;
}

async function decode(packets: readonly OutgoingOpus[], sampleRate: SampleRate, lost: readonly number[] = []) {
  const incoming = packets.flatMap(({ payload, durationMs }, index) => {
    const afterLoss = lost.includes(index - 1);
    return lost.includes(index)
      ? []
      : [{ payload: Buffer.from(payload), durationMs, timeMs: 1_000 + 20 * index, afterLoss }];
  });
  async function* source() {
    yield* incoming;
  }
  const frames = [];
  for await (const frame of decodeOpus(source(), { sampleRate })) frames.push(frame);
  return frames;
}

const encode = (...args: Parameters<typeof tone>) =>
  Array.fromAsync(
    encodePcm({ pcm: tone(...args), sampleRate: args[1] as SampleRate, channels: args[3] === 2 ? 2 : 1 }),
  );

describe('sound as samples', () => {
  for (const [encoded, decoded, channels] of [
    [48_000, 48_000, 1],
    [24_000, 16_000, 1],
    [48_000, 24_000, 2],
  ] as const) {
    test(`is the same tone after Opus, from ${encoded} Hz in ${channels} channels to ${decoded} Hz`, async () => {
      const packets = await encode(440, encoded, 1, channels);
      assert.equal(packets.length, 50);
      const frames = await decode(packets, decoded);
      const samples = frames.flatMap((frame) => [...frame.samples]);
      assert.equal(samples.length, decoded);
      const heard = frequency(samples.slice(decoded / 10), decoded);
      assert.ok(Math.abs(heard - 440) < 5, `${heard} Hz`);
    });
  }

  test('has no gap where a few packets were lost', async () => {
    const frames = await decode(await encode(440, 48_000, 1), 48_000, [20, 30, 31]);
    assert.equal(
      frames.reduce((length, { samples }) => length + samples.length, 0),
      48_000,
    );
    for (const [index, { timeMs }] of frames.entries()) assert.equal(timeMs, 1_000 + 20 * index);
    const heard = frequency(
      frames.flatMap(({ samples }) => [...samples]),
      48_000,
    );
    assert.ok(Math.abs(heard - 440) < 20, `${heard} Hz`);
  });

  test('has a gap where more was lost than can be made up for', async () => {
    const lost = Array.from({ length: 10 }, (_, index) => 20 + index);
    assert.equal((await decode(await encode(440, 48_000, 1), 48_000, lost)).length, 40);
  });

  test('goes on after what is no Opus', async () => {
    const packets = await encode(440, 48_000, 0.2);
    const broken = { payload: Buffer.of(0xff, 0xff, 0xff), durationMs: 20 };
    assert.equal((await decode([...packets.slice(0, 5), broken, ...packets.slice(5)], 48_000)).length, 10);
  });

  test('goes on after a loss that is followed by what is no Opus', async () => {
    const packets = await encode(440, 48_000, 0.4);
    // Two frames of a common length (RFC 6716 §3.2.3) that stand in an odd number of bytes.
    const broken = { payload: Buffer.of(0xf9, 0x00), durationMs: 40 };
    const frames = await decode([...packets.slice(0, 6), broken, ...packets.slice(8)], 48_000, [5]);
    assert.equal(frames.at(-1)?.timeMs, 1_000 + 20 * 18);
  });

  test('is filled up to a frame at its end', async () => {
    assert.equal((await encode(440, 48_000, 0.03)).length, 2);
  });

  test('is refused at once where Opus does not know it', () => {
    const pcm = tone(440, 48_000, 1);
    checkPcm({ pcm, sampleRate: 8_000, channels: 2, bitrateBps: 510_000 });
    for (const options of [{ sampleRate: 44_100 }, { channels: 3 }, { bitrateBps: 0 }, { bitrateBps: Number.NaN }]) {
      assert.throws(() => checkPcm({ pcm, ...options } as never), RangeError, JSON.stringify(options));
    }
  });

  test('tells how loud it is', () => {
    assert.equal(levelOf(new Int16Array(960)), -127);
    assert.equal(levelOf(new Int16Array(960).fill(-32_768)), 0);
    assert.equal(levelOf(new Int16Array(960).fill(3_277)), -20);
  });
});
