import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStream, figuresOf } from './received-figures.ts';

type Stats = Parameters<typeof countStream>[0];

const received = (bytesReceived: number, packetsReceived: number, packetsLost: number) =>
  [
    {
      networkQuality: 3,
      roundTripTime: 0.012,
      bytesReceived,
      packetsReceived,
      packetsLost,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 30,
      framesDecoded: 60,
    },
  ] as unknown as Stats;

function count(stats: Stats, atMs: number) {
  const found = countStream(stats, atMs);
  assert.ok(found);
  return found;
}

test('rate and loss are those since the look before', () => {
  const before = count(received(1_000, 100, 50), 0);
  const now = count(received(251_000, 199, 51), 2_000);
  const figures = figuresOf(now, before, 'hi');
  assert.deepEqual(figures, {
    atMs: 2_000,
    picture: { width: 640, height: 360, framesPerSecond: 30 },
    frames: 60,
    roundTripMs: 12,
    layer: 'hi',
    quality: 'Good',
    bitrateBps: 1_000_000,
    lossPercent: 1,
  });
});

test('before the second look, and after a connection has begun anew, there is no rate', () => {
  const now = count(received(1_000, 100, 0), 2_000);
  assert.equal(figuresOf(now, undefined, undefined).bitrateBps, undefined);
  assert.equal(figuresOf(now, count(received(5_000, 200, 0), 0), undefined).bitrateBps, undefined);
});

test('of a video that is sent in layers the largest one that somebody receives has the size, and all count', () => {
  const layer = (rid: string, active: boolean, frameWidth: number, networkQuality: number) => ({
    rid,
    active,
    networkQuality,
    bytesSent: 100,
    packetsSent: 10,
    packetsLost: 1,
    frameWidth,
    frameHeight: 1,
    framesPerSecond: 15,
    framesEncoded: 7,
  });
  const sent = [
    layer('low', true, 320, 4),
    layer('mid', true, 640, 2),
    layer('hi', false, 1280, 0),
  ] as unknown as Stats;
  const { bytes, packets, lost, quality, picture, roundTripMs } = count(sent, 0);
  assert.deepEqual([bytes, packets, lost, quality, picture?.width, roundTripMs], [300, 30, 3, 2, 640, undefined]);
});

test('a stream that is not there has no figures', () => {
  assert.equal(countStream([], 0), undefined);
});
