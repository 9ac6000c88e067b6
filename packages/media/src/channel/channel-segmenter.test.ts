import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { VideoConfig } from '../hls/sample-entry.ts';
import type { Segment } from '../recording/segment.ts';
import { ChannelSegmenter } from './channel-segmenter.ts';

const CONFIG: VideoConfig = {
  sequenceParameterSets: [Buffer.from('6742c00dda05067e', 'hex')],
  pictureParameterSets: [Buffer.from('68ce3c80', 'hex')],
};
const OTHER_CONFIG: VideoConfig = { ...CONFIG, pictureParameterSets: [Buffer.from('68ce3c81', 'hex')] };
const SPECIFIC_CONFIG = { 44100: Buffer.of(0x12, 0x10), 48000: Buffer.of(0x11, 0x90) } as const;
const SECOND = 90_000;

/** An encoder of nothing but times, in whole milliseconds as RTMP has them. */
class Timed {
  readonly segments: Segment[] = [];
  readonly maxima: number[] = [];
  readonly #segmenter: ChannelSegmenter;
  readonly #beginMs: number;
  #soundMs = 0;
  #sounds = 0;
  #rateHz: keyof typeof SPECIFIC_CONFIG = 44_100;

  constructor({ beginMs = 0, hasSound = true }: { beginMs?: number; hasSound?: boolean } = {}) {
    this.#beginMs = beginMs;
    this.#segmenter = new ChannelSegmenter({
      targetDurationSeconds: 2,
      onSegment: (segment, maximum) => {
        this.segments.push(segment);
        this.maxima.push(maximum);
      },
    });
    if (hasSound) this.soundAt(44_100);
  }

  soundAt(sampleRateHz: keyof typeof SPECIFIC_CONFIG): void {
    this.#rateHz = sampleRateHz;
    this.#segmenter.format({ audioSpecificConfig: SPECIFIC_CONFIG[sampleRateHz], sampleRateHz });
  }

  picture(atMs: number, keyFrame: boolean, { config = CONFIG, lateMs = 0, bytes = 1 } = {}): void {
    const decodedAtMs = this.#beginMs + Math.round(atMs);
    const units = [Buffer.alloc(bytes, keyFrame ? 0x65 : 0x41)];
    this.#segmenter.picture({ decodedAtMs, shownAtMs: decodedAtMs + lateMs, keyFrame, units, config }, 1_000);
  }

  /** Pictures of 30 a second with a key frame each so many seconds, and their sound. */
  pictures(fromSeconds: number, toSeconds: number, groupSeconds: number, config = CONFIG): void {
    for (let frame = Math.round(30 * fromSeconds); frame < 30 * toSeconds; frame += 1) {
      const isKey = (frame - Math.round(30 * fromSeconds)) % Math.round(30 * groupSeconds) === 0;
      this.picture((frame * 1_000) / 30, isKey, { config });
      this.soundUntil(((frame + 1) * 1_000) / 30);
    }
  }

  soundUntil(ms: number): void {
    for (; this.#soundMs < ms; this.#soundMs += 1_024_000 / this.#rateHz) {
      this.#segmenter.sound(this.#beginMs + Math.round(this.#soundMs), Buffer.of(this.#sounds++ % 256));
    }
  }

  end(): this {
    this.#segmenter.end();
    return this;
  }
}

const durations = ({ segments }: Timed) => segments.map(({ durationSeconds }) => Number(durationSeconds.toFixed(2)));

/** What no player could do with. */
function check({ segments, maxima }: Timed): void {
  assert.equal(new Set(maxima).size, segments.length > 0 ? 1 : 0, 'a target duration never changes');
  let end = 0;
  for (const [index, { durationSeconds, video, audio, first }] of segments.entries()) {
    assert.ok(durationSeconds > 0 && Math.round(durationSeconds) <= (maxima[0] ?? 0), `${durationSeconds} s`);
    const ticks = video?.samples.reduce((sum, { duration }) => sum + duration, 0) ?? 0;
    assert.equal(ticks, Math.round(durationSeconds * SECOND));
    const { baseTime = 0, samples = [] } = video ?? {};
    assert.ok(first ? baseTime >= end : baseTime === end, `segment ${index} begins at ${baseTime}, not at ${end}`);
    assert.ok(samples.every(({ duration }) => duration > 0));
    if (first) assert.ok(samples[0]?.keyFrame);
    end = baseTime + ticks;
    if (!audio) continue;
    const soundEnd = audio.baseTime + audio.samples.reduce((sum, { duration }) => sum + duration, 0);
    assert.ok(audio.baseTime / 48_000 >= baseTime / SECOND - 1e-3 && audio.baseTime / 48_000 <= end / SECOND);
    assert.ok(audio.samples.every(({ duration }) => duration > 0) && soundEnd > audio.baseTime);
  }
}

describe('the segments of a channel', () => {
  it('are groups of pictures, as long as the target or longer', () => {
    const perGroup: [groupSeconds: number, expected: number[]][] = [
      [2, [2, 2, 2, 2]],
      [1, [2, 2, 2, 2]],
      [0.5, [2, 2, 2, 2]],
      [1.5, [3, 3, 2]],
      [4, [4, 4]],
    ];
    for (const [groupSeconds, expected] of perGroup) {
      const timed = new Timed();
      timed.pictures(0, 8, groupSeconds);
      check(timed.end());
      assert.deepEqual(durations(timed), expected, `${groupSeconds} s`);
      assert.ok(timed.segments.every(({ video }) => video?.samples[0]?.keyFrame));
      assert.deepEqual(
        timed.segments.map(({ first }) => first),
        expected.map((_, index) => index === 0),
      );
    }
  });

  it('come within a picture and the sound of it', () => {
    const timed = new Timed();
    timed.pictures(0, 1.9, 2);
    timed.picture(2_000, true);
    assert.equal(timed.segments.length, 0, 'its last sound is not there yet');
    timed.soundUntil(2_050);
    assert.equal(timed.segments.length, 1);
  });

  it('have the sound of their time, without a hole from one to the next', () => {
    const timed = new Timed({ beginMs: 4_711 });
    timed.pictures(0, 20, 2);
    check(timed.end());
    let end: number | undefined;
    for (const { audio } of timed.segments) {
      assert.ok(audio);
      if (end !== undefined) assert.ok(Math.abs(audio.baseTime - end) <= 1, `${audio.baseTime} after ${end}`);
      end = audio.baseTime + audio.samples.reduce((sum, { duration }) => sum + duration, 0);
    }
    assert.ok(Math.abs((end ?? 0) / 48_000 - 20) < 0.03);
  });

  it('are cut within groups that are longer than the first one was', () => {
    const timed = new Timed();
    timed.pictures(0, 2, 2);
    timed.pictures(2, 9, 7);
    check(timed.end());
    assert.deepEqual(durations(timed), [2, 2.47, 2.47, 2.07]);
    assert.deepEqual(
      timed.segments.map(({ video }) => video?.samples[0]?.keyFrame),
      [true, true, false, false],
    );
  });

  it('are of ten seconds at most, however rarely there is a key frame', () => {
    const timed = new Timed();
    timed.pictures(0, 25, 60);
    check(timed.end());
    assert.deepEqual(timed.maxima, [10, 10, 10]);
  });

  it('begin anew where the pictures or the sound are of another form', () => {
    const timed = new Timed();
    timed.pictures(0, 3, 3);
    timed.pictures(3, 4, 2, OTHER_CONFIG);
    timed.soundAt(48_000);
    timed.pictures(4, 6, 2, OTHER_CONFIG);
    check(timed.end());
    assert.deepEqual(
      timed.segments.map(({ first }) => first),
      [true, true, true],
    );
    const configs = timed.segments.map(({ period }) => period.audio.audioSpecificConfig);
    assert.deepEqual(configs, [SPECIFIC_CONFIG[44_100], SPECIFIC_CONFIG[44_100], SPECIFIC_CONFIG[48_000]]);
  });

  it('go on from a key frame after nothing came for a while', () => {
    const timed = new Timed();
    timed.pictures(0, 3, 2);
    timed.picture(60_000, false);
    timed.pictures(61, 64, 2);
    check(timed.end());
    assert.deepEqual(
      timed.segments.map(({ first, video }) => [first, Math.round((video?.baseTime ?? 0) / SECOND)]),
      [
        [true, 0],
        [false, 2],
        [true, 61],
        [false, 63],
      ],
    );
  });

  it('tell how much later pictures are shown than decoded, also where the clock stands still', () => {
    const timed = new Timed();
    timed.picture(0, true, { lateMs: 66 });
    timed.picture(33, false, { lateMs: 132 });
    timed.picture(33, false, { lateMs: 0 });
    timed.end();
    assert.deepEqual(
      timed.segments[0]?.video?.samples.map(({ compositionOffset }) => compositionOffset),
      [66 * 90, 132 * 90, -1],
    );
  });

  it('wait for a form of sound and a key frame, and for sound no longer than three seconds', () => {
    const timed = new Timed({ hasSound: false });
    timed.pictures(0, 2, 2);
    timed.soundAt(48_000);
    timed.picture(2_000, false);
    timed.pictures(3, 5, 2);
    for (let ms = 5_000; ms < 12_000; ms += 40) timed.picture(ms, ms % 2_000 === 1_000);
    assert.deepEqual(
      timed.segments.map(({ audio }) => audio !== undefined),
      [true, false],
    );
  });

  it('are refused where they are larger than anybody could play', () => {
    const timed = new Timed();
    timed.picture(0, true, { bytes: 40_000_000 });
    assert.throws(() => timed.picture(33, false, { bytes: 40_000_000 }), RangeError);
  });

  it('can be played whatever the times are', () => {
    const steps = fc.array(
      fc.record({
        stepMs: fc.oneof(
          { weight: 20, arbitrary: fc.integer({ min: 0, max: 200 }) },
          fc.integer({ min: -500, max: 20_000 }),
        ),
        keyFrame: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
        lateMs: fc.integer({ min: 0, max: 300 }),
        soundStepMs: fc.integer({ min: -300, max: 400 }),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const timed = new Timed();
        let [atMs, soundMs] = [0, 0];
        for (const { stepMs, keyFrame, lateMs, soundStepMs } of all) {
          atMs += stepMs;
          timed.picture(atMs, keyFrame, { lateMs });
          soundMs = Math.max(soundMs, atMs + soundStepMs);
          timed.soundUntil(Math.min(soundMs, atMs + 1_000));
        }
        check(timed.end());
      }),
    );
  });
});
