import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMedia } from './malformed-media.ts';
import { OpusDepacketizer } from './opus-depacketizer.ts';

const payload = Buffer.of(0x78, 1, 2);

describe('Opus packets', () => {
  it('are an access unit each, and decoding can begin with any', () => {
    const depacketizer = new OpusDepacketizer();
    depacketizer.push({ rtpTime: 0, payload }, 0);
    assert.deepEqual(depacketizer.push({ rtpTime: 960, payload }, 20), [
      {
        rtpTime: 960,
        firstArrivalMs: 20,
        lastArrivalMs: 20,
        keyFrame: true,
        complete: true,
        afterLoss: false,
        units: [payload],
      },
    ]);
  });

  it('tell of a loss before them, once', () => {
    const depacketizer = new OpusDepacketizer();
    depacketizer.push({ rtpTime: 0, payload }, 0);
    depacketizer.lose();
    const told = [1, 2]
      .flatMap((time) => depacketizer.push({ rtpTime: time, payload }, 0))
      .map((unit) => unit.afterLoss);
    assert.deepEqual(told, [true, false]);
  });

  it('are refused when they are empty', () => {
    assert.throws(() => new OpusDepacketizer().push({ rtpTime: 0, payload: Buffer.alloc(0) }, 0), MalformedMedia);
  });
});
