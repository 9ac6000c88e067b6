import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoConfig } from '../../hls/sample-entry.ts';
import type { Segment } from '../../recording/segment.ts';
import { outputStart } from './encoded-media.fixture.ts';
import { framesPerKeyFrame } from './output.ts';
import { Segmenter, wholeGroupsSeconds } from './segmenter.ts';

const CONFIG: VideoConfig = {
  sequenceParameterSets: [Buffer.from('6742c00dda05067e', 'hex')],
  pictureParameterSets: [Buffer.from('68ce3c80', 'hex')],
};
const FRAME_OF_SOUND_MS = 1_024 / 48;

/** A composition of nothing but times. */
class Timed {
  readonly segments: Segment[] = [];
  readonly framesPerSecond: number;
  readonly #segmenter: Segmenter;
  #sounds = 0;

  constructor(framesPerSecond = 30, targetDurationSeconds = 2) {
    this.framesPerSecond = framesPerSecond;
    this.#segmenter = new Segmenter({
      start: outputStart({ framesPerSecond }),
      targetDurationSeconds,
      maximumDurationSeconds: targetDurationSeconds,
      onSegment: (segment) => this.segments.push(segment),
    });
  }

  picture(frame: number, config?: VideoConfig): void {
    const timeMs = (frame * 1_000) / this.framesPerSecond;
    const keyFrame = config !== undefined;
    this.#segmenter.picture({ timeMs, keyFrame, units: [Buffer.of(keyFrame ? 0x65 : 0x41)], config });
  }

  /** Frames from one to another, with a key frame where each two seconds begin. */
  pictures(from: number, to: number): void {
    const isKey = (frame: number) => Math.floor(frame / this.framesPerSecond / 2);
    for (let frame = from; frame < to; frame += 1) {
      this.picture(frame, frame === from || isKey(frame) > isKey(frame - 1) ? CONFIG : undefined);
    }
  }

  soundUntil(timeMs: number): void {
    for (; this.#sounds * FRAME_OF_SOUND_MS < timeMs; this.#sounds += 1) {
      this.#segmenter.sound({ timeMs: this.#sounds * FRAME_OF_SOUND_MS, data: Buffer.of(1) });
    }
  }

  skipSound(frames: number): void {
    this.#sounds += frames;
  }

  end(): void {
    this.#segmenter.end();
  }

  get durations(): number[] {
    return this.segments.map(({ durationSeconds }) => durationSeconds);
  }
}

describe('a segmenter', () => {
  it('rounds its target up to whole groups of pictures', () => {
    assert.deepEqual([2, 2.5, 3, 4, 5, 10].map(wholeGroupsSeconds), [2, 4, 4, 4, 6, 10]);
  });

  for (const framesPerSecond of [1, 12.5, 29.97, 60]) {
    it(`keeps sound and pictures of ${framesPerSecond} a second to their times for an hour`, () => {
      const timed = new Timed(framesPerSecond);
      const frames = Math.floor(3_600 * framesPerSecond);
      const step = Math.ceil(framesPerSecond / 3);
      for (let from = 0; from < frames; from += step) {
        for (let frame = from; frame < Math.min(frames, from + step); frame += 1) {
          const group = (each: number) => Math.floor(each / framesPerSecond / 2 + 1e-9);
          timed.picture(frame, frame === 0 || group(frame) > group(frame - 1) ? CONFIG : undefined);
        }
        timed.soundUntil((1_000 * from) / framesPerSecond);
      }
      timed.end();
      assert.equal(timed.segments.length, 1_800);
      let [videoTicks, samples] = [0, 0];
      for (const { video, audio, durationSeconds, first } of timed.segments) {
        assert.equal(first, videoTicks === 0);
        assert.equal(video?.baseTime, videoTicks);
        assert.equal(audio?.baseTime, samples);
        assert.ok(Math.abs(samples / 48_000 - videoTicks / 90_000) < FRAME_OF_SOUND_MS / 1_000);
        videoTicks += video?.samples.reduce((sum, { duration }) => sum + duration, 0) ?? Number.NaN;
        samples += audio?.samples.reduce((sum, { duration }) => sum + duration, 0) ?? Number.NaN;
        assert.ok(durationSeconds < 2.1, `${durationSeconds} s`);
      }
      assert.equal(videoTicks, Math.round((frames * 90_000) / framesPerSecond));
    });
  }

  it('goes on in one period at any rate, though groups of pictures are not just two seconds then', () => {
    for (const framesPerSecond of [1, 1.2, 1.25, 1.3, 1.4, 1.7, 2.2, 3.3, 12.3, 59.94]) {
      for (const targetSeconds of [2, 4, 6, 8, 10]) {
        const timed = new Timed(framesPerSecond, targetSeconds);
        const group = framesPerKeyFrame(framesPerSecond);
        for (let frame = 0; frame < 30 * framesPerSecond; frame += 1) {
          timed.picture(frame, frame % group === 0 ? CONFIG : undefined);
          timed.soundUntil((1_000 * frame) / framesPerSecond);
        }
        timed.end();
        assert.equal(timed.segments.filter(({ first }) => first).length, 1, `${framesPerSecond} a second`);
        for (const seconds of timed.durations) assert.ok(Math.round(seconds) <= targetSeconds, `${seconds} s`);
      }
    }
  });

  it('waits for the sound of a segment, but not for long', () => {
    const timed = new Timed();
    timed.pictures(0, 90);
    assert.equal(timed.segments.length, 0);
    timed.soundUntil(1_980);
    assert.equal(timed.segments.length, 0);
    timed.soundUntil(2_010);
    assert.equal(timed.segments.length, 1);
    for (let frame = 90; frame < 180; frame += 1) timed.picture(frame, frame === 120 ? CONFIG : undefined);
    assert.equal(timed.segments.length, 1);
    timed.pictures(180, 182);
    assert.equal(timed.segments.length, 2);
    assert.equal(timed.segments[1]?.audio?.samples.length, 1);
  });

  it('leaves out sound from before the first key frame, and holds the place of what is missing', () => {
    const timed = new Timed();
    timed.pictures(30, 60);
    timed.soundUntil(1_500);
    timed.skipSound(10);
    timed.pictures(60, 100);
    timed.soundUntil(3_000);
    for (let frame = 100; frame < 130; frame += 1) timed.picture(frame, frame === 120 ? CONFIG : undefined);
    timed.soundUntil(4_400);
    const [first, second] = timed.segments.map(({ audio }) => audio);
    assert.equal(first?.baseTime, 47 * 1_024);
    const total = first?.samples.reduce((sum, { duration }) => sum + duration, 0) ?? 0;
    assert.equal(second?.baseTime, 47 * 1_024 + total);
    assert.equal(first?.samples.filter(({ duration }) => duration === 11 * 1_024).length, 1);
  });

  it('goes on without a new period when an encoder begins anew with what decoders know already', () => {
    const timed = new Timed();
    timed.pictures(0, 39);
    timed.pictures(39, 200);
    timed.soundUntil(7_000);
    timed.end();
    assert.deepEqual(
      timed.segments.map(({ first }) => first),
      [true, false, false, false, false],
    );
    assert.ok(
      timed.durations.every((seconds) => seconds <= 2.4),
      String(timed.durations),
    );
    // Too early to be worth a segment.
    const early = new Timed();
    early.pictures(0, 9);
    early.picture(9, CONFIG);
    for (let frame = 10; frame < 130; frame += 1) early.picture(frame, frame === 69 ? CONFIG : undefined);
    early.end();
    assert.deepEqual(
      early.durations.map((seconds) => Number(seconds.toFixed(3))),
      [2.3, 2.033],
    );
  });

  it('begins a period at a key frame that decoders need to be set up anew for', () => {
    const timed = new Timed();
    timed.pictures(0, 39);
    const other = { ...CONFIG, pictureParameterSets: [Buffer.from('68ce3c81', 'hex')] } as const;
    timed.picture(39, { ...other, pictureParameterSets: [other.pictureParameterSets[0]] });
    timed.end();
    assert.deepEqual(
      timed.segments.map(({ first, durationSeconds }) => [first, Number(durationSeconds.toFixed(3))]),
      [
        [true, 1.3],
        [true, 0.033],
      ],
    );
    assert.deepEqual(timed.segments[1]?.period.video, other);
  });

  it('begins a period at the next key frame when nothing came for too long', () => {
    const timed = new Timed();
    timed.pictures(0, 40);
    timed.soundUntil(1_400);
    timed.picture(200);
    timed.picture(210, CONFIG);
    timed.picture(211);
    timed.soundUntil(8_000);
    timed.end();
    assert.deepEqual(
      timed.segments.map(({ first, wallClockMs, durationSeconds, video, audio }) => [
        first,
        wallClockMs - outputStart().beginWallClockMs,
        Number(durationSeconds.toFixed(3)),
        video?.baseTime,
        audio?.baseTime,
      ]),
      [
        [true, 0, 1.333, 0, 0],
        [true, 7_000, 0.067, 630_000, 329 * 1_024],
      ],
    );
  });
});
