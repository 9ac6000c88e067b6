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

test('what is encrypted, cut off or no handshake passes', () => {
  const filter = new HandshakeFilter();
  for (const passing of [
    record(0, { type: 20, number: 5 }, 1),
    Buffer.from('15fefd0000000000000000000201 00'.replace(' ', ''), 'hex'),
  ]) {
    assert.deepEqual(filter.take(passing), passing);
    assert.deepEqual(filter.take(passing), passing);
  }
  const cut = record(0, { type: 2, number: 0 }).subarray(0, 20);
  assert.deepEqual(filter.take(cut), cut);
  assert.equal(filter.take(Buffer.alloc(5)), undefined);
});
