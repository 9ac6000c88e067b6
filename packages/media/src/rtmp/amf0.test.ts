import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia, type MalformedReason } from '../rtp/malformed-media.ts';
import { bytes, mutated } from '../rtp/rtp.fixture.ts';
import { type AmfValue, readAmf0, writeAmf0 } from './amf0.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function refuses(data: Buffer, reason: MalformedReason): void {
  assert.throws(
    () => readAmf0(data),
    (error) => error instanceof MalformedMedia && error.reason === reason,
  );
}

const { value } = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(null, undefined, 'x'.repeat(0x10000)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: false },
    ),
  ),
}));

describe('AMF0', () => {
  it('is read as encoders write it', () => {
    const connect = hex(
      '02 0007 636f6e6e656374 00 3ff0000000000000 03 0003 617070 02 0003 617070 0006 666c6167 7331 01 01 0000 09 05 06',
    );
    const [name, transactionId, object, ...rest] = readAmf0(connect);
    assert.deepEqual([name, transactionId, rest], ['connect', 1, [null, undefined]]);
    assert.deepEqual({ ...(object as object) }, { app: 'app', flags1: true });
  });

  it('may hold arrays whose length is wrong, dates and long strings', () => {
    const [array, date, long, items] = readAmf0(
      hex('08 ffffffff 0001 61 00 4000000000000000 0000 09 0b 408f400000000000 0000 0c 00000002 6869 0a 00000001 05'),
    );
    assert.deepEqual({ ...(array as object) }, { a: 2 });
    assert.deepEqual([date, long, items], [1_000, 'hi', [null]]);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => assertSame(readAmf0(writeAmf0(...values)), values)),
      {
        numRuns: 300,
      },
    );
  });

  it('gives any name to a plain member', () => {
    const [object] = readAmf0(hex('03 0009 5f5f70726f746f5f5f 03 0001 61 05 0000 09 0000 09'));
    assert.equal(Object.getPrototypeOf(object), null);
    assert.deepEqual(Object.keys(object as object), ['__proto__']);
    assert.equal(({} as Record<string, unknown>).a, undefined);
  });

  it('is refused when it is cut off, wherever that is', () => {
    const whole = writeAmf0({ name: 'text', list: [1, true, 'x'.repeat(70_000)] });
    for (const length of [1, 2, 3, 5, 9, 12, 20, 40, 60, 1_000, whole.length - 1]) {
      refuses(whole.subarray(0, length), 'TRUNCATED');
    }
  });

  it('is refused when it is nested too deeply, or has too many values', () => {
    refuses(hex('03 0001 61'.repeat(100)), 'LIMIT');
    refuses(hex('0a 00000001'.repeat(100)), 'LIMIT');
    refuses(Buffer.alloc(5_000, 5), 'LIMIT');
    refuses(hex(`0a ffffffff ${'05'.repeat(5_000)}`), 'LIMIT');
  });

  it('is refused where it goes over to AMF 3 or refers to something', () => {
    for (const marker of ['04', '07', '0e', '0f', '10', '11', 'ff']) refuses(hex(`${marker} 0000`), 'UNSUPPORTED');
  });

  it('is brought to nothing but its own refusal', () => {
    const some = writeAmf0('connect', 1, { app: 'app', list: [1, { a: null }], on: true }, 'x'.repeat(300));
    fc.assert(
      fc.property(fc.oneof(mutated(some), bytes({ maxLength: 60 })), (data) => {
        try {
          readAmf0(data);
        } catch (error) {
          assert.ok(error instanceof MalformedMedia, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Without a look at prototypes, which what was read has none of. */
function assertSame(read: AmfValue, written: AmfValue): void {
  if (typeof written !== 'object' || written === null) {
    assert.ok(Object.is(read, written), `${read}, ${written}`);
    return;
  }
  assert.deepEqual(Object.keys(read as object), Object.keys(written));
  for (const [name, member] of Object.entries(written)) assertSame((read as Record<string, AmfValue>)[name], member);
}
