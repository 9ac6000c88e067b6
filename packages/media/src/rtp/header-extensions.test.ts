import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readHeaderExtensions, writeHeaderExtensions } from './header-extensions.ts';
import { MalformedMedia } from './malformed-media.ts';
import { bytes } from './rtp.fixture.ts';

const read = (profile: number, data: string) =>
  [...readHeaderExtensions({ profile, data: Buffer.from(data, 'hex') })].map(([id, value]) => [
    id,
    value.toString('hex'),
  ]);

describe('header extensions', () => {
  it('are none without an extension, or in one of another profile', () => {
    assert.equal(readHeaderExtensions(undefined).size, 0);
    assert.deepEqual(read(0xabac, '1001'), []);
  });

  it('are read with one header byte each, over padding', () => {
    assert.deepEqual(read(0xbede, '10aa0021010200'), [
      [1, 'aa'],
      [2, '0102'],
    ]);
  });

  it('are read with two header bytes each, whatever the bits of the application, also when they are empty', () => {
    assert.deepEqual(read(0x1003, '0100' + '00' + '10020102'), [
      [1, ''],
      [16, '0102'],
    ]);
  });

  it('end at the id that is reserved, and at padding that has a length', () => {
    assert.deepEqual(read(0xbede, '10aaf00020bb'), [[1, 'aa']]);
    assert.deepEqual(read(0xbede, '10aa010020bb'), [[1, 'aa']]);
  });

  it('are refused when the last one is cut off', () => {
    for (const [profile, data] of [
      [0xbede, '1301'],
      [0x1000, '01'],
      [0x1000, '010201'],
    ] as const) {
      assert.throws(() => read(profile, data), MalformedMedia);
    }
  });

  it('are read as they were written, in the shorter form where that will do', () => {
    const elements = (maximumId: number, maxLength: number) =>
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: maximumId }), bytes({ minLength: 1, maxLength })), {
        selector: ([id]) => id,
        maxLength: 10,
      });
    fc.assert(
      fc.property(elements(14, 16), (list) => {
        const written = writeHeaderExtensions(new Map(list));
        assert.equal(written.profile, 0xbede);
        assert.deepEqual([...readHeaderExtensions(written)], list);
      }),
    );
    fc.assert(
      fc.property(elements(255, 60), (list) => {
        const written = writeHeaderExtensions(new Map(list));
        assert.equal(written.data.length % 4, 0);
        assert.deepEqual([...readHeaderExtensions(written)], list);
      }),
    );
  });
});
