import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AacDecoder } from '../../codec/aac-decoder.ts';
import { joinSound } from '../../codec/pcm.ts';
import type { EncodedSound } from '../output/output.ts';
import { effectiveLevel, loudest, sharpest } from './listener.fixture.ts';
import { encodeSecond, SimulatedSpeaker, tone } from './simulated-speaker.fixture.ts';
import { SoundTrack } from './sound-track.ts';

/** As of performance.now(), in the middle of nowhere. */
const BEGIN_MS = 5_123.4;
const DELAY_MS = 80;
const FRAME_MS = 1_024 / 48;
const humming = encodeSecond(tone(440, 0.25));

describe('the sound of a composition', () => {
  it('has a frame for each 1,024 samples since the beginning, never before its time', () => {
    const composition = new Composition([]);
    composition.run(BEGIN_MS, 3_000, (ms) => {
      for (const { timeMs } of composition.sounds) assert.ok(timeMs + FRAME_MS <= ms - BEGIN_MS);
    });
    assertGrid(composition.sounds);
    const lastMs = composition.sounds.at(-1)?.timeMs ?? 0;
    assert.ok(lastMs > 3_000 - 5 * FRAME_MS, `the last one is of ${lastMs} ms`);
    assert.equal(composition.track.audioSpecificConfig.toString('hex', 0, 2), '1190');
  });

  it('lets a beep be heard as long after its capture as is wanted, at the loudness it had', () => {
    const beeping = encodeSecond((timeMs) => (isBeep(timeMs % 1_000) ? tone(1_000, 0.5)(timeMs) : [0, 0]));
    const speaker = new SimulatedSpeaker({ ...beeping, fromMs: BEGIN_MS + 1_000, reportsEachMs: 1_000 });
    const composition = new Composition([speaker]);
    composition.run(BEGIN_MS, 4_000);
    for (const plane of composition.decode()) {
      const beginsMs = plane.findIndex((sample) => Math.abs(sample) > 0.2) / 48;
      assert.ok(Math.abs(beginsMs - (1_500 + DELAY_MS)) < 5, `heard after ${beginsMs} ms`);
      const level = effectiveLevel(plane.subarray(48 * (1_600 + DELAY_MS), 48 * (1_900 + DELAY_MS)));
      assert.ok(Math.abs(20 * Math.log10(level / (0.5 * Math.SQRT1_2))) < 0.5, `its level is ${level}`);
    }
  });

  it('does not overflow when twelve shout at once', () => {
    const shouting = encodeSecond(tone(330, 0.99), 128_000);
    const speakers = Array.from({ length: 12 }, () => new SimulatedSpeaker({ ...shouting, fromMs: BEGIN_MS }));
    const composition = new Composition(speakers);
    composition.run(BEGIN_MS, 2_000);
    for (const plane of composition.decode()) {
      assert.ok(loudest(plane.subarray(24_000)) > 0.7);
      assert.ok(loudest(plane) < 1, `${loudest(plane)}`);
    }
  });

  it('catches up where it was late by less than a second', () => {
    const speaker = new SimulatedSpeaker({ ...humming, fromMs: BEGIN_MS });
    const composition = new Composition([speaker]);
    composition.run(BEGIN_MS, 1_000);
    composition.run(BEGIN_MS + 1_900, 1_000);
    assertGrid(composition.sounds);
    const [left = new Float32Array()] = composition.decode();
    const spoken = left.subarray(48 * 200, 48 * 2_700);
    assert.ok(sharpest(spoken) < 0.002, 'nothing is missing');
    assert.ok(Math.abs(effectiveLevel(spoken) - 0.25 * Math.SQRT1_2) < 0.005);
  });

  it('goes on without a click where it was late by little more than what is kept', () => {
    const composition = new Composition([new SimulatedSpeaker({ ...humming, fromMs: BEGIN_MS })]);
    composition.run(BEGIN_MS, 1_000);
    composition.run(BEGIN_MS + 2_100, 1_000);
    const [left = new Float32Array()] = composition.decode();
    assert.ok(loudest(left.subarray(48 * 1_100, 48 * 2_000)) < 0.001);
    assert.ok(sharpest(left) < 0.002);
  });

  it('leaves out what it is late for by more, and goes on in time, little by little', () => {
    const speaker = new SimulatedSpeaker({ ...humming, fromMs: BEGIN_MS });
    const composition = new Composition([speaker]);
    composition.run(BEGIN_MS, 1_000);
    composition.run(BEGIN_MS + 61_000, 3_000, () => assert.ok(composition.framesAtOnce <= 48));
    assertGrid(composition.sounds);
    assert.ok((composition.sounds.at(-1)?.timeMs ?? 0) > 64_000 - 5 * FRAME_MS);
    const [left = new Float32Array()] = composition.decode();
    assert.ok(loudest(left.subarray(48 * 1_100, 48 * 60_900)) < 0.001);
    const spoken = left.subarray(48 * 61_500, 48 * 63_900);
    assert.ok(Math.abs(effectiveLevel(spoken) - 0.25 * Math.SQRT1_2) < 0.005);
    assert.ok(sharpest(left) < 0.002, 'no click on either side');
  });

  it('gives nothing after it was closed', () => {
    const composition = new Composition([]);
    composition.run(BEGIN_MS, 200);
    const { length } = composition.sounds;
    assert.ok(length > 0);
    composition.track.close();
    composition.track.advance(BEGIN_MS + 1_000);
    assert.equal(composition.sounds.length, length);
  });
});

class Composition {
  readonly sounds: EncodedSound[] = [];
  framesAtOnce = 0;
  readonly #speakers: readonly SimulatedSpeaker[];
  readonly track = new SoundTrack({
    beginMs: BEGIN_MS,
    delayMs: () => DELAY_MS,
    sources: () => this.#speakers.map(({ sound }) => sound),
    onSound: (sound) => this.sounds.push(sound),
  });

  constructor(speakers: readonly SimulatedSpeaker[]) {
    this.#speakers = speakers;
  }

  /** Each 10 ms. */
  run(fromMs: number, durationMs: number, then?: (nowMs: number) => void): void {
    for (let nowMs = fromMs; nowMs <= fromMs + durationMs; nowMs += 10) {
      for (const speaker of this.#speakers) speaker.advance(nowMs);
      const before = this.sounds.length;
      this.track.advance(nowMs);
      this.framesAtOnce = Math.max(this.framesAtOnce, this.sounds.length - before);
      then?.(nowMs);
    }
  }

  decode(): readonly Float32Array[] {
    const decoder = new AacDecoder(this.track.audioSpecificConfig);
    const { planes } = joinSound(this.sounds.map(({ data }) => decoder.decode(data)));
    decoder.close();
    return planes;
  }
}

function isBeep(ms: number): boolean {
  return ms >= 500 && ms < 950;
}

function assertGrid(sounds: readonly EncodedSound[]): void {
  assert.deepEqual(
    sounds.map(({ timeMs }) => timeMs),
    sounds.map((_, index) => (index * 1_024) / 48),
  );
}
