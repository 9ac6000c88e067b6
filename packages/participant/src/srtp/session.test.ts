import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NotAuthentic } from './packet-protection.ts';
import { SrtpSession } from './session.ts';

const MASTER = { key: Buffer.alloc(16, 1), salt: Buffer.alloc(12, 2) };

function packet(sequenceNumber: number): Buffer {
  const header = Buffer.from('8060000000000000000000aa', 'hex');
  header.writeUInt16BE(sequenceNumber, 2);
  return Buffer.concat([header, Buffer.from('content')]);
}

describe('what comes over one connection', () => {
  const start = () => [new SrtpSession(MASTER, MASTER), new SrtpSession(MASTER, MASTER)] as const;

  test('is opened across the end of the sequence numbers, in whatever order', () => {
    const [sender, receiver] = start();
    const numbers = [65_533, 65_534, 65_535, 0, 1, 2];
    const [a, b, c, d, e, f] = numbers.map((number) => sender.protectRtp(packet(number)));
    for (const sealed of [b, a, d, c, f, e]) {
      assert.ok(sealed);
      assert.deepEqual(receiver.openRtp(sealed), packet(sealed.readUInt16BE(2)));
    }
  });

  test('is refused, and nothing else, when it is numbered before the first', () => {
    const [sender, receiver] = start();
    const [late, first] = [sender.protectRtp(packet(65_535)), start()[0].protectRtp(packet(0))];
    receiver.openRtp(first);
    assert.throws(() => receiver.openRtp(late), NotAuthentic);
    assert.throws(() => receiver.unprotectRtp(late, receiver.arrived(0xaa, 65_535)), NotAuthentic);
    assert.deepEqual(receiver.openRtp(start()[0].protectRtp(packet(1))), packet(1));
  });
});
