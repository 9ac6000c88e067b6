import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { pemOf, publicKeyMaterial, toMaterial } from './public-key.fixture.ts';
import { importPublicKey, readPublicKeyMaterial } from './public-key-material.ts';

const invalid = { name: 'ValidationException' };
const spki = readPublicKeyMaterial(publicKeyMaterial);
const [, base64 = ''] = /KEY-----\n([^-]+)\n-----END/.exec(publicKeyMaterial) ?? [];

function ecKey(namedCurve: string): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).publicKey;
}

test('a key is the same however its text is broken into lines', () => {
  const oneLine = base64.replaceAll('\n', '');
  for (const body of [base64, base64.replaceAll('\n', '\r\n'), oneLine, oneLine.replace(/.{10}/g, '$&\n')]) {
    const material = `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`;
    assert.deepEqual(readPublicKeyMaterial(material), spki);
    assert.deepEqual(readPublicKeyMaterial(`of the backend\r\n${material}\r\nsince November`), spki);
  }
});

test('the keys that Node makes are read', () => {
  const key = ecKey('P-384');
  assert.ok(importPublicKey(readPublicKeyMaterial(toMaterial(key))).equals(key));
});

test('keys of other kinds are refused', () => {
  const others: [string, KeyObject][] = [
    ['P-256', ecKey('P-256')],
    ['P-521', ecKey('P-521')],
    ['secp256k1', ecKey('secp256k1')],
    ['brainpoolP384r1', ecKey('brainpoolP384r1')],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    ['X448', generateKeyPairSync('x448').publicKey],
  ];
  for (const [name, key] of others) assert.throws(() => readPublicKeyMaterial(toMaterial(key)), invalid, name);
});

test('a P-384 key in another encoding is refused', () => {
  const explicit = generateKeyPairSync('ec', { namedCurve: 'P-384', paramEncoding: 'explicit' }).publicKey;
  assert.throws(() => readPublicKeyMaterial(toMaterial(explicit)), invalid);
  const point = spki.subarray(-97);
  const sign = 2 + ((point.at(-1) ?? 0) & 1);
  const compressed = Buffer.from([...Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex'), sign]);
  assert.throws(() => readPublicKeyMaterial(pemOf(Buffer.concat([compressed, point.subarray(1, 49)]))), invalid);
  for (const bytes of [Buffer.concat([spki, Buffer.of(0)]), spki.subarray(0, -1), point, Buffer.of()]) {
    assert.throws(() => readPublicKeyMaterial(pemOf(bytes)), invalid);
  }
});

test('a point that is not on the curve is refused, wherever it is changed', () => {
  const pointStart = spki.length - 96;
  fc.assert(
    fc.property(fc.nat({ max: 95 }), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const off = Buffer.from(spki);
      off[pointStart + index] = (off[pointStart + index] ?? 0) ^ change;
      assert.throws(() => readPublicKeyMaterial(pemOf(off)), invalid);
    }),
  );
  assert.throws(() => readPublicKeyMaterial(pemOf(Buffer.from(spki).fill(0, pointStart))), invalid);
});

test('whatever else is between the lines is a validation error and nothing worse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.throws(() => readPublicKeyMaterial(pemOf(bytes)), invalid);
    }),
  );
});

test('sloppy Base64 is refused', () => {
  for (const body of [`${base64}=`, base64.slice(0, -1), `=${base64}`, base64.replace('A', 'A=')]) {
    const material = `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
    assert.throws(() => readPublicKeyMaterial(material), invalid);
  }
});

test('it must be one key', () => {
  assert.throws(() => readPublicKeyMaterial(publicKeyMaterial + toMaterial(ecKey('P-384'))), invalid);
  assert.throws(() => readPublicKeyMaterial(publicKeyMaterial.repeat(2)), invalid);
});

test('a private key beside it is refused, and not repeated', () => {
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  for (const type of ['pkcs8', 'sec1'] as const) {
    const pem = String(privateKey.export({ type, format: 'pem' }));
    assert.throws(() => readPublicKeyMaterial(pem + publicKeyMaterial), {
      ...invalid,
      message: 'The public key material contains a private key',
    });
  }
});

test('a text far longer than a key is refused', () => {
  readPublicKeyMaterial(publicKeyMaterial.padEnd(8_192, '\n'));
  assert.throws(() => readPublicKeyMaterial(publicKeyMaterial.padEnd(8_193, '\n')), invalid);
});
