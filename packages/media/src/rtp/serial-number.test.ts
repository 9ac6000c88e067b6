import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { distance16, distance32, RtpTimeline } from './serial-number.ts';

describe('numbers that wrap', () => {
  it('are ahead by the shorter way around', () => {
    assert.equal(distance16(65_535, 0), 1);
    assert.equal(distance16(0, 65_535), -1);
    assert.equal(distance16(10, 32_777), 32_767);
    assert.equal(distance32(0xffffffff, 2), 3);
    assert.equal(distance32(2, 0xffffffff), -3);
  });

  it('become a line that goes on over the wrap, and back for what comes late', () => {
    const timeline = new RtpTimeline();
    assert.deepEqual(
      [0xfffffff0, 0x10, 0xfffffff8, 0x20].map((time) => timeline.unwrap(time)),
      [0xfffffff0, 0x100000010, 0xfffffff8, 0x100000020],
    );
  });

  it('are placed on the line without moving it', () => {
    const timeline = new RtpTimeline();
    timeline.unwrap(0);
    assert.equal(timeline.locate(0x7fffffff), 0x7fffffff);
    assert.equal(timeline.locate(0xffffffff), -1);
  });

  it('keep their distances, whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.array(fc.integer({ min: -1_000_000, max: 2 ** 30 }), { maxLength: 50 }),
        (start, steps) => {
          const timeline = new RtpTimeline();
          let expected = timeline.unwrap(start);
          for (const step of steps) {
            expected += step;
            assert.equal(timeline.unwrap(((expected % 2 ** 32) + 2 ** 32) % 2 ** 32), expected);
          }
        },
      ),
    );
  });
});
