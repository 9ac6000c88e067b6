import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandshakeFilter } from './handshake-filter.ts';

function record(recordNumber: number, message: { type: number; number: number; fragment?: number }, epoch = 0): Buffer {
  const bytes = Buffer.alloc(13 + 12 + 3, 0xaa);
  bytes.writeUInt8(22, 0);
  bytes.writeUInt16BE(epoch, 3);
  bytes.writeUIntBE(recordNumber, 5, 6);
  bytes.writeUInt16BE(bytes.length - 13, 11);
  bytes.writeUInt8(message.type, 13);
  bytes.writeUInt16BE(message.number, 17);
  bytes.writeUIntBE(message.fragment ?? 0, 19, 3);
  return bytes;
}

test('messages of a handshake that come again are taken out, whatever datagram they come in', () => {
  const filter = new HandshakeFilter();
  const hello = record(0, { type: 2, number: 0 });
  const certificate = record(1, { type: 11, number: 1 });
  const rest = record(2, { type: 11, number: 1, fragment: 3 });
  assert.deepEqual(filter.take(Buffer.concat([hello, certificate])), Buffer.concat([hello, certificate]));
  const again = [record(3, { type: 2, number: 0 }), record(4, { type: 11, number: 1 })];
  assert.deepEqual(filter.take(Buffer.concat([...again, rest])), rest);
  assert.equal(filter.take(Buffer.concat(again)), undefined);
});

test('what is encrypted passes, and what is in clear and no message of a handshake', () => {
  const filter = new HandshakeFilter();
  for (const passing of [
    record(0, { type: 20, number: 5 }, 1),
    Buffer.from('15fefd0000000000000000000201 00'.replace(' ', ''), 'hex'),
  ]) {
    assert.deepEqual(filter.take(passing), passing);
    assert.deepEqual(filter.take(passing), passing);
  }
});

test('what is cut off does not pass, nor what no handshake holds', () => {
  const filter = new HandshakeFilter();
  const hello = record(0, { type: 2, number: 0 });
  assert.deepEqual(filter.take(Buffer.concat([hello, record(1, { type: 11, number: 1 }).subarray(0, 20)])), hello);
  for (const text of [
    '',
    '16fefd',
    '16fefd00000000000000000001',
    '18fefd00000000000000000000',
    '16fefd0000000000000000000100',
  ]) {
    assert.equal(filter.take(Buffer.from(text, 'hex')), undefined, text);
  }
});

test('what claims to be more messages than a handshake has does not pass', () => {
  const filter = new HandshakeFilter();
  const passed = Array.from({ length: 1_000 }, (_, number) => filter.take(record(number, { type: 2, number })));
  assert.equal(passed.filter((each) => each !== undefined).length, 256);
});
