import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharpest } from './listener.fixture.ts';
import { SoundReader, type StereoPlanes } from './sound-reader.ts';
import { SoundRing } from './sound-ring.ts';

const AMPLITUDE = 0.5;
const RADIANS = (2 * Math.PI * 440) / 48_000;
/** The sharpest corner of the tone itself is less sharp. */
const SMOOTH = AMPLITUDE * RADIANS ** 2 * 1.1;

describe('a reader of sound', () => {
  it('gives the sound as it is, but for the fade with which it begins', () => {
    const ring = ringOfTone([[0, 20_000]]);
    const heard = read(ring, 5, () => 0);
    assert.deepEqual(heard.subarray(240), ring.left.subarray(240, heard.length));
    assert.ok(sharpest(heard) < SMOOTH);
  });

  it('adds to what is there', () => {
    const mix: StereoPlanes = [new Float32Array(1_024).fill(1), new Float32Array(1_024).fill(2)];
    const ring = ringOfTone([[0, 2_000]]);
    assert.equal(new SoundReader().mixInto(mix, ring, 0), true);
    assert.equal(mix[0][500], Math.fround(1 + (ring.left[500] ?? 0)));
    assert.equal(mix[1][500], Math.fround(2 + (ring.right[500] ?? 0)));
  });

  it('goes where it should be by 2 % at most, without a click, and stays there', () => {
    for (const off of [1_000, -1_000, 200]) {
      const ring = ringOfTone([[0, 130_000]]);
      const heard = read(ring, 110, (block) => (block < 10 ? 5_000 : 5_000 + off));
      const stretched = Math.min(...upwardCrossings(heard, 12_000, 24_000));
      assert.ok(stretched > (48_000 / 440) * 0.979, `periods of ${stretched}`);
      const offAtLast = phaseAfter(heard, 100_000) - phaseAt(105_000 + off);
      assert.ok(Math.abs(offAtLast) < 5, `at last it is ${offAtLast} samples from where it should be`);
      assert.ok(sharpest(heard) < SMOOTH * 1.04);
    }
  });

  it('leaves what is off by less than 2 ms as it is', () => {
    const ring = ringOfTone([[0, 20_000]]);
    const heard = read(ring, 10, (block) => (block < 3 ? 0 : 90));
    assert.deepEqual(heard.subarray(240), ring.left.subarray(240, heard.length));
  });

  it('jumps between two fades where it is off by more than can be followed', () => {
    const ring = ringOfTone([[0, 130_000]]);
    const heard = read(ring, 40, (block) => (block < 20 ? 0 : 30_000));
    assert.deepEqual(heard.subarray(21 * 1_024), ring.left.subarray(21 * 1_024 + 30_000, 40 * 1_024 + 30_000));
    assert.ok(sharpest(heard) < SMOOTH);
  });

  it('fades out before holes and in after them, wherever they are', () => {
    const pieces: [number, number][] = [
      [300, 3_000],
      [3_000, 3_960],
      [4_100, 6_144],
      [6_150, 6_300],
      [9_000, 20_000],
    ];
    const ring = ringOfTone(pieces);
    const heard = read(ring, 15, () => 0);
    assert.ok(sharpest(heard) < SMOOTH);
    assert.ok(heard.subarray(0, 300).every((sample) => sample === 0));
    assert.ok(heard.subarray(6_300, 9_000).every((sample) => sample === 0));
    assert.equal(heard[5_000], ring.left[5_000]);
  });

  it('goes on without a click where sound comes at the last moment', () => {
    const ring = ringOfTone([[0, 1_000]]);
    const reader = new SoundReader();
    const heard = new Float32Array(10 * 1_024);
    for (let block = 0; block < 10; block += 1) {
      while (ring.end < (block + 1) * 1_024 + 30) ring.append(tonePiece(ring.end, ring.end + 960), true);
      const mix = [heard.subarray(block * 1_024, (block + 1) * 1_024), new Float32Array(1_024)] as const;
      reader.mixInto(mix, ring, block * 1_024);
    }
    assert.ok(sharpest(heard) < SMOOTH);
  });

  it('fades out when it is read for the last time', () => {
    const ring = ringOfTone([[0, 20_000]]);
    const reader = new SoundReader();
    const heard = new Float32Array(4 * 1_024);
    const block = (index: number): StereoPlanes => [
      heard.subarray(index * 1_024, (index + 1) * 1_024),
      new Float32Array(1_024),
    ];
    reader.mixInto(block(0), ring, 0);
    reader.mixInto(block(1), ring, 1_024);
    assert.equal(reader.mixLastInto(block(2), ring), true);
    assert.equal(reader.mixLastInto(block(3), ring), false);
    assert.ok(sharpest(heard) < SMOOTH);
    assert.ok(heard.subarray(2_048 + 240).every((sample) => sample === 0));
  });

  it('has nothing to do where nothing can be heard', () => {
    const ring = new SoundRing();
    ring.begin(0, tonePiece(0, 5_000), false);
    const mix: StereoPlanes = [new Float32Array(1_024), new Float32Array(1_024)];
    assert.equal(new SoundReader().mixInto(mix, ring, 0), false);
    assert.equal(new SoundReader().mixInto(mix, new SoundRing(), 0), false);
  });

  it('goes on where there is sound if what it read has been overwritten', () => {
    const ring = ringOfTone([[0, 2_000]]);
    const reader = new SoundReader();
    const mix: StereoPlanes = [new Float32Array(1_024), new Float32Array(1_024)];
    reader.mixInto(mix, ring, 0);
    for (let from = 2_000; from < 202_000; from += 1_000) ring.append(tonePiece(from, from + 1_000), true);
    assert.equal(reader.mixInto(mix, ring, 1_024), false);
    assert.equal(reader.mixInto(mix, ring, 150_000), true);
  });
});

function tonePiece(from: number, until: number) {
  const left = Float32Array.from(
    { length: until - from },
    (_, index) => AMPLITUDE * Math.sin(RADIANS * (from + index)),
  );
  return { planes: [left, left.map((sample) => -sample)], frames: until - from };
}

function ringOfTone(pieces: readonly (readonly [number, number])[]): SoundRing {
  const ring = new SoundRing();
  for (const [from, until] of pieces) ring.begin(from, tonePiece(from, until), true);
  return ring;
}

/** Block after block, each of which should begin further on by what is told. */
function read(ring: SoundRing, blocks: number, ahead: (block: number) => number): Float32Array {
  const reader = new SoundReader();
  const heard = new Float32Array(blocks * 1_024);
  for (let block = 0; block < blocks; block += 1) {
    const mix = [heard.subarray(block * 1_024, (block + 1) * 1_024), new Float32Array(1_024)] as const;
    reader.mixInto(mix, ring, block * 1_024 + ahead(block));
  }
  return heard;
}

/** How long the periods are that begin between two positions. */
function upwardCrossings(plane: Float32Array, from: number, until: number): number[] {
  const crossings: number[] = [];
  for (let at = from; at < until; at += 1) {
    const [one = 0, two = 0] = plane.subarray(at, at + 2);
    if (one < 0 && two >= 0) crossings.push(at - one / (two - one));
  }
  return crossings.slice(1).map((crossing, index) => crossing - (crossings[index] ?? 0));
}

/** Samples from a position to where a period begins. */
function phaseAfter(plane: Float32Array, position: number): number {
  for (let at = position; ; at += 1) {
    const [one = 0, two = 0] = plane.subarray(at, at + 2);
    if (one < 0 && two >= 0) return at - one / (two - one) - position;
  }
}

function phaseAt(position: number): number {
  const period = 48_000 / 440;
  return period - (position % period);
}
