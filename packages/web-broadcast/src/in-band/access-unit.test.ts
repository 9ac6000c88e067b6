import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { insertMessages, readMessages } from './access-unit.ts';
import { MESSAGE_UUID } from './in-band-message.ts';
import { preventEmulation } from './nal-unit.ts';

const UUID = '00112233-4455-6677-8899-aabbccddeeff';
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const text = (payload: string) => ({ uuid: UUID, payload: new TextEncoder().encode(payload) });

/** Zeros and small numbers come often: of these start codes are made. */
const byte = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0, 0, 1, 2, 3, 0x80, 0xff) }, fc.nat(255));
const bytes = (constraints: fc.ArrayConstraints) => fc.array(byte, constraints).map((mixed) => Uint8Array.from(mixed));
const payloads = bytes({ minLength: 1, maxLength: 1_023 });
const message = fc.record({ uuid: fc.uuid(), payload: payloads }, { noNullPrototype: true });
const messages = fc.array(message, { maxLength: 8 });
/** Headers of NAL units that may stand before a picture. */
const before = fc.constantFrom(0x67, 0x68, 0x09, 0x27);
const slices = fc.constantFrom(0x65, 0x41, 0x01, 0x21);
const nalUnit = (headers: fc.Arbitrary<number>) =>
  fc.tuple(headers, bytes({ maxLength: 64 })).map(([header, body]) => {
    return Uint8Array.of(...preventEmulation(Uint8Array.of(header, ...body, 0x80)));
  });
const startCodes = fc.constantFrom([0, 0, 1], [0, 0, 0, 1]);
const units = (headers: fc.Arbitrary<number>, constraints: fc.ArrayConstraints) =>
  fc
    .array(fc.tuple(startCodes, nalUnit(headers)), constraints)
    .map((all) => Uint8Array.from(all.flatMap(([startCode, unit]) => [...startCode, ...unit])));

describe('messages in an access unit', () => {
  it('stand before the first slice, each in a NAL unit of its own', () => {
    const unit = hex('00000001 67aa80 00000001 68bb80 000001 65cc80 000001 65dd80');
    assert.deepEqual(
      insertMessages(unit, [text('hi'), text('')]),
      hex(`00000001 67aa80 00000001 68bb80
        00000001 06 05 12 00112233445566778899aabbccddeeff 6869 80
        00000001 06 05 10 00112233445566778899aabbccddeeff 80
        000001 65cc80 000001 65dd80`),
    );
  });

  it('come out as they went in, whatever they are, and nothing else is changed', () => {
    fc.assert(
      fc.property(
        units(before, { maxLength: 4 }),
        units(slices, { minLength: 1, maxLength: 3 }),
        messages,
        (head, picture, all) => {
          const whole = insertMessages(Uint8Array.of(...head, ...picture), all);
          assert.ok(whole);
          assert.deepEqual(readMessages(whole), all);
          // The zero of a start code of four bytes may stand before the messages as well as behind them.
          assert.deepEqual(whole.subarray(0, head.length), head);
          assert.deepEqual(whole.subarray(whole.length - picture.length), picture);
        },
      ),
    );
  });

  it('have no start code in them', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const whole = Buffer.from(insertMessages(hex('000001 65'), [{ uuid: MESSAGE_UUID, payload }]) ?? []);
        assert.equal(whole.indexOf(hex('000001'), 4), whole.length - 4);
        assert.equal(whole.indexOf(hex('000000'), 4), -1);
      }),
    );
  });

  it('are read beside others, and behind other messages in the same NAL unit', () => {
    const uuid = UUID.replaceAll('-', '');
    const unit =
      hex(`00000001 0910 00000001 06 01 02 aabb 05 12 ${uuid} 6869 05 11 ${uuid} 21 80 000001 06 05 11 ${uuid} 3f 80
      000001 65cc80`);
    assert.deepEqual(readMessages(unit), [text('hi'), text('!'), text('?')]);
  });

  it('are read as far as they are whole', () => {
    const uuid = UUID.replaceAll('-', '');
    const head = `000001 06 05 11 ${uuid} 21`;
    for (const rest of ['05', '05ff', `05 12 ${uuid} 00`, '05 0f 00112233445566778899aabbccddee 80', '80']) {
      assert.deepEqual(readMessages(hex(`${head} ${rest} 000001 65cc80`)), [text('!')], rest);
    }
  });

  it('are not looked for in what is no H.264, or behind the picture', () => {
    const unit = insertMessages(hex('000001 65cc80'), [text('!')]) ?? hex('');
    assert.deepEqual(readMessages(Uint8Array.of(0x30, 1, ...unit)), []);
    assert.deepEqual(readMessages(Uint8Array.of(...hex('000001 65cc80'), ...unit)), []);
  });

  it('are not put into what is no H.264, or no picture', () => {
    for (const frame of ['', '00', '000001', '30010000 9d012a', '30 000001 65cc80', '000001 67aa80']) {
      assert.equal(insertMessages(hex(frame), [text('!')]), undefined, frame);
    }
  });

  it('are read without an error from whatever comes', () => {
    const framed = units(fc.constantFrom(0x06, 0x06, 0x67, 0x65), { maxLength: 6 });
    fc.assert(
      fc.property(fc.oneof(bytes({ maxLength: 300 }), framed), messages, (any, all) => {
        assert.ok(readMessages(any).length <= 64);
        insertMessages(any, all);
      }),
      { numRuns: 500 },
    );
  });

  it('are at most 64, however many there are', () => {
    const many = Array.from({ length: 100 }, () => text('!'));
    assert.equal(readMessages(insertMessages(hex('000001 65cc80'), many) ?? hex('')).length, 64);
    const flood = Buffer.from('00000106'.repeat(100_000), 'hex');
    assert.deepEqual(readMessages(flood), []);
  });
});
