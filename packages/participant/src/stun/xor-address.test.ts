import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readXorAddress, writeXorAddress } from './xor-address.ts';

// RFC 5769 §2.2 and §2.3
const TRANSACTION_ID = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');
const IPV6 = '0002a1470113a9faa5d3f179bc25f4b5bed2b9d9';

test('an IPv4 address is written as the RFC has it', () => {
  assert.equal(writeXorAddress('192.0.2.1', 32_853, TRANSACTION_ID).toString('hex'), '0001a147e112a643');
});

test('an IPv6 address is written as the RFC has it', () => {
  const address = '2001:db8:1234:5678:11:2233:4455:6677';
  assert.equal(writeXorAddress(address, 32_853, TRANSACTION_ID).toString('hex'), IPV6);
  assert.equal(writeXorAddress(`${address}%eth0`, 32_853, TRANSACTION_ID).toString('hex'), IPV6);
});

test('an IPv6 address may be shortened anywhere', () => {
  const write = (address: string) => writeXorAddress(address, 1, TRANSACTION_ID);
  assert.deepEqual(write('::1'), write('0:0:0:0:0:0:0:1'));
  assert.deepEqual(write('fe80::1:2'), write('fe80:0:0:0:0:0:1:2'));
  assert.deepEqual(write('2001:db8::'), write('2001:db8:0:0:0:0:0:0'));
});

test('what was written is read back, the short way', () => {
  for (const address of ['192.0.2.1', '2001:db8:1234:5678:11:2233:4455:6677', '::1', 'fd00::2']) {
    const value = writeXorAddress(address, 32_853, TRANSACTION_ID);
    assert.deepEqual(readXorAddress(value, TRANSACTION_ID), { address, port: 32_853 });
    assert.throws(() => readXorAddress(value.subarray(0, -1), TRANSACTION_ID), RangeError);
  }
});
