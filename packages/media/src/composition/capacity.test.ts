import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countedCores, distinctPictures, estimatedCores, hasRoom } from './capacity.ts';
import type { CompositionOptions, PictureSettings } from './composition-options.ts';
import type { Layout } from './layout/layout.ts';

const small: PictureSettings = { width: 1_280, height: 720, framesPerSecond: 30, bitrateBps: 2_500_000 };
const large: PictureSettings = { width: 1_920, height: 1_080, framesPerSecond: 30, bitrateBps: 5_000_000 };

function into(...pictures: PictureSettings[]): CompositionOptions {
  const output = { type: 'rtmp', url: 'rtmp://127.0.0.1/app', streamKey: 'key' } as const;
  return {
    layout: {} as Layout,
    destinations: pictures.map((picture, index) => ({ id: `${index}`, picture, output })),
  };
}

describe('the capacity for compositions', () => {
  it('counts a picture once, whoever gets it', () => {
    assert.equal(distinctPictures(into(small, { ...small }).destinations).length, 1);
    assert.equal(estimatedCores(into(small, small)), estimatedCores(into(small)));
    assert.ok(estimatedCores(into(small, large)) > estimatedCores(into(large)));
  });

  it('takes 0.8 cores for 720p30, and as much more as there are more pixels', () => {
    assert.ok(Math.abs(estimatedCores(into(small)) - 0.8) < 1e-9);
    assert.ok(Math.abs(estimatedCores(into(large)) - (0.35 + 2.25 * 0.45)) < 1e-9);
  });

  it('counts running ones by what they take, but never for less than their pictures', () => {
    const options = into(small);
    assert.equal(countedCores([{ options, measuredCores: 1.3 }]), 1.3);
    assert.equal(countedCores([{ options, measuredCores: 0.2 }]), 0.45);
    assert.equal(countedCores([{ options, measuredCores: undefined }]), estimatedCores(options));
  });

  it('has room for one at any time, and for others as long as all fit', () => {
    const options = into(large);
    assert.equal(hasRoom(1, [], options), true);
    assert.equal(hasRoom(2, [{ options, measuredCores: 1 }], options), false);
    assert.equal(hasRoom(2.5, [{ options, measuredCores: 1 }], options), true);
  });
});
