import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namedEncodings } from './named-encodings.ts';

describe('encodings for a second producer', () => {
  it('tell layers that have come by their SSRCs, and others by their names', () => {
    const encodings = [{ rid: 'a' }, { rid: 'b' }, { rid: 'c' }];
    const stats = [
      { rid: 'a', ssrc: 1, rtxSsrc: 2 },
      { rid: 'c', ssrc: 5 },
    ];
    assert.deepEqual(namedEncodings(encodings, stats, [2, 1, 0]), [
      { ssrc: 5 },
      { rid: 'b' },
      { ssrc: 1, rtx: { ssrc: 2 } },
    ]);
  });

  it('stay as they are where they tell SSRCs already', () => {
    const encodings = [{ ssrc: 1, rtx: { ssrc: 2 } }, { ssrc: 3 }];
    assert.deepEqual(namedEncodings(encodings, [{ ssrc: 1 }, { ssrc: 3 }], [1, 0]), encodings.toReversed());
  });
});
