import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opusDurationMs } from './opus-duration.ts';

for (const [packet, durationMs] of [
  [[0xf8, 0xff, 0xfe], 20], // CELT, one frame
  [[0x08, 1], 20], // SILK of 20 ms
  [[0x18, 1], 60],
  [[0x60, 1], 10], // hybrid
  [[0xe0, 1], 2.5],
  [[0xf9, 1], 40], // two frames of one size
  [[0xfa, 1], 40],
  [[0xfb, 0x03, 1], 60], // as many as the second byte says
] as const) {
  test(`a packet that begins with ${packet.map((byte) => byte.toString(16)).join(' ')} holds ${durationMs} ms`, () => {
    assert.equal(opusDurationMs(Uint8Array.from(packet)), durationMs);
  });
}

test('what holds nothing, or more than 120 ms, is no packet of Opus', () => {
  for (const packet of [[], [0xfb, 0], [0xfb, 7], [0x1b, 3]]) {
    assert.throws(() => opusDurationMs(Uint8Array.from(packet)), RangeError, packet.join(' '));
  }
});
