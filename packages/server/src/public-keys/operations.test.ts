import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { elsewhere, openControlPlane } from '../control-plane.fixture.ts';
import { fingerprint, newPublicKeyMaterial, publicKeyMaterial, toMaterial } from './public-key.fixture.ts';

const notFound = { name: 'ResourceNotFoundException', message: 'Public key not found' };
const invalid = { name: 'ValidationException' };
const conflict = { name: 'ConflictException', status: 409 };

test('a public key is imported, read, listed newest first and deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { publicKey: first } = await call('ImportPublicKey', { publicKeyMaterial });
  const { arn, ...rest } = first;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:public-key\/[a-zA-Z0-9]{12}$/);
  assert.deepEqual(rest, { name: '', publicKeyMaterial, fingerprint, tags: {} });
  assert.deepEqual(await call('GetPublicKey', { arn }), { publicKey: first });

  const material = `of the backend\n${newPublicKeyMaterial()}`;
  const imported = await call('ImportPublicKey', {
    name: 'backend',
    publicKeyMaterial: material,
    tags: { team: 'red' },
  });
  const { publicKey: second } = imported;
  assert.equal(second.publicKeyMaterial, material);
  assert.match(second.fingerprint, /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  assert.deepEqual(await call('ListPublicKeys'), {
    publicKeys: [
      { arn: second.arn, name: 'backend', tags: { team: 'red' } },
      { arn, name: '', tags: {} },
    ],
  });

  assert.deepEqual((await call('DeletePublicKey', { arn })) ?? {}, {});
  await assert.rejects(call('DeletePublicKey', { arn }), notFound);
  await assert.rejects(call('GetPublicKey', { arn }), notFound);
  assert.equal((await call('ListPublicKeys')).publicKeys.length, 1);
});

test('public keys are paged while others come and go', async (t) => {
  const { call } = await openControlPlane(t, { publicKeys: 10 });
  const arns: Record<string, string> = {};
  const importKey = async (name: string) => {
    const { publicKey } = await call('ImportPublicKey', { name, publicKeyMaterial: newPublicKeyMaterial() });
    arns[name] = publicKey.arn;
  };
  for (const name of ['a', 'b', 'c', 'd']) await importKey(name);
  const first = await call('ListPublicKeys', { maxResults: 2 });
  await call('DeletePublicKey', { arn: arns.b });
  await importKey('e');
  const second = await call('ListPublicKeys', { maxResults: 2, nextToken: first.nextToken });
  const names = [first, second].map((page) => page.publicKeys.map(({ name }: { name: string }) => name));
  assert.deepEqual(names, [['d', 'c'], ['a']]);
  assert.equal('nextToken' in second, false);
  await assert.rejects(call('ListPublicKeys', { nextToken: 'made-up' }), invalid);
  await assert.rejects(call('ListPublicKeys', { nextToken: first.nextToken }, elsewhere[0]), invalid);
  await assert.rejects(call('ListPublicKeys', { maxResults: 101 }), invalid);
});

test('the same key cannot be imported again, whatever its text looks like, until it is deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial });
  const other = `again\r\n${publicKeyMaterial.replaceAll('\n', '\r\n')}`;
  for (const again of [publicKeyMaterial, other]) {
    await assert.rejects(call('ImportPublicKey', { name: 'again', publicKeyMaterial: again }), conflict);
  }
  for (const caller of elsewhere) await call('ImportPublicKey', { publicKeyMaterial }, caller);
  await call('DeletePublicKey', { arn: publicKey.arn });
  const { publicKey: anew } = await call('ImportPublicKey', { publicKeyMaterial: other });
  assert.equal(anew.publicKeyMaterial, other);
  assert.equal(anew.fingerprint, fingerprint);
  assert.notEqual(anew.arn, publicKey.arn);
});

test('of two imports of one key at the same time one succeeds', async (t) => {
  const { call } = await openControlPlane(t);
  const outcomes = await Promise.allSettled([1, 2].map(() => call('ImportPublicKey', { publicKeyMaterial })));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const [refused] = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused?.reason.name, 'ConflictException');
});

test('there can be three public keys in an account and region', async (t) => {
  const { call } = await openControlPlane(t);
  const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial });
  for (let count = 1; count < 3; count += 1) {
    await call('ImportPublicKey', { publicKeyMaterial: newPublicKeyMaterial() });
  }
  const fourth = { publicKeyMaterial: newPublicKeyMaterial() };
  await assert.rejects(call('ImportPublicKey', fourth), { name: 'ServiceQuotaExceededException', status: 402 });
  await assert.rejects(call('ImportPublicKey', { publicKeyMaterial }), conflict, 'the state comes before the quota');
  for (const caller of elsewhere) await call('ImportPublicKey', fourth, caller);
  await call('DeletePublicKey', { arn: publicKey.arn });
  await call('ImportPublicKey', fourth);
});

test('a public key is checked when it is imported', async (t) => {
  const { call } = await openControlPlane(t);
  const wrong = [
    {},
    { publicKeyMaterial: '' },
    { publicKeyMaterial: publicKeyMaterial.replaceAll('\n', '') },
    { publicKeyMaterial: publicKeyMaterial.replace('BEGIN PUBLIC KEY', 'BEGIN RSA PUBLIC KEY') },
    { publicKeyMaterial: toMaterial(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) },
    { publicKeyMaterial, name: 'a b' },
    { publicKeyMaterial, name: 'x'.repeat(129) },
    { publicKeyMaterial, tags: { 'aws:x': '1' } },
  ];
  for (const input of wrong) await assert.rejects(call('ImportPublicKey', input), invalid);
  assert.deepEqual(await call('ListPublicKeys'), { publicKeys: [] });
});

test('a private key that is imported by mistake is not repeated in the error', async (t) => {
  const { call } = await openControlPlane(t);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const pem = String(privateKey.export({ type: 'sec1', format: 'pem' }));
  const [, beginning = ''] = pem.split('\n');
  for (const material of [pem, pem + publicKeyMaterial]) {
    await assert.rejects(call('ImportPublicKey', { publicKeyMaterial: material }), (error: Error) => {
      assert.equal(error.name, 'ValidationException');
      assert.equal(error.message.includes(beginning.slice(0, 8)), false);
      return true;
    });
  }
});

test('public keys of another account or region, and other resources, are not there', async (t) => {
  const { call } = await openControlPlane(t);
  const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial });
  const { stage } = await call('CreateStage');
  const { arn } = publicKey;
  for (const caller of elsewhere) {
    await assert.rejects(call('GetPublicKey', { arn }, caller), notFound);
    await assert.rejects(call('DeletePublicKey', { arn }, caller), notFound);
    assert.deepEqual(await call('ListPublicKeys', {}, caller), { publicKeys: [] });
  }
  for (const name of ['GetPublicKey', 'DeletePublicKey'] as const) {
    await assert.rejects(call(name, { arn: `${arn}x` }), notFound);
    await assert.rejects(call(name, { arn: stage.arn }), invalid);
    await assert.rejects(call(name, { arn: '' }), invalid);
    await assert.rejects(call(name), invalid);
  }
  await call('GetPublicKey', { arn });
});
