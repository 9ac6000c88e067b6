import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SoundRing, wrap } from './sound-ring.ts';

describe('a ring of sound', () => {
  it('gives each sample back at its position, over its seam and after days', () => {
    for (const begin of [0, 131_000, 48_000 * 86_400 * 30 + 7]) {
      const ring = new SoundRing();
      ring.begin(begin, numbered(500), true);
      ring.append(numbered(1_000, 500), true);
      assert.deepEqual(ring.runFrom(begin - 5), { from: begin, until: begin + 1_500 });
      const index = ring.indexOf(begin);
      for (const at of [0, 499, 500, 1_499]) {
        assert.equal(ring.left[wrap(index + at)], at + 1);
        assert.equal(ring.right[wrap(index + at)], -at - 1);
      }
    }
  });

  it('tells where sound is, where none is, and from where on none is heard', () => {
    const ring = new SoundRing();
    assert.equal(ring.runFrom(0), undefined);
    ring.begin(100, numbered(50), true);
    ring.begin(200, numbered(50), true);
    ring.append(numbered(50), false);
    assert.deepEqual(ring.runFrom(0), { from: 100, until: 150 });
    assert.deepEqual(ring.runFrom(149), { from: 100, until: 150 });
    assert.deepEqual(ring.runFrom(150), { from: 200, until: 300 });
    assert.equal(ring.runFrom(300), undefined);
    assert.equal(ring.audibleUntil, 250);
    assert.equal(ring.end, 300);
  });

  it('forgets what is older than it holds', () => {
    const ring = new SoundRing();
    ring.begin(0, numbered(960), true);
    ring.begin(1_000, numbered(960), true);
    while (ring.end < 200_000) ring.append(numbered(960), true);
    const run = ring.runFrom(0);
    assert.ok(run && run.from > 200_000 - 131_072 && run.until === ring.end);
    ring.begin(10_000_000, numbered(1), true);
    assert.deepEqual(ring.runFrom(0), { from: 10_000_000, until: 10_000_001 });
  });

  it('refuses to write over sound, and beside the samples', () => {
    const ring = new SoundRing();
    ring.begin(0, numbered(100), true);
    for (const position of [99, 100.5, Number.NaN])
      assert.throws(() => ring.begin(position, numbered(1), true), RangeError);
    assert.throws(() => new SoundRing().append(numbered(1), true), RangeError);
  });

  it('keeps no more than some pieces', () => {
    const ring = new SoundRing();
    for (let piece = 0; piece < 400; piece += 1) ring.begin(piece * 200, numbered(100), true);
    assert.equal(ring.runFrom(0)?.from, 336 * 200);
  });
});

function numbered(frames: number, after = 0) {
  const left = Float32Array.from({ length: frames }, (_, index) => after + index + 1);
  return { planes: [left, left.map((sample) => -sample)], frames };
}
