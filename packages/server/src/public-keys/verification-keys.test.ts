import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { newPublicKeyMaterial, publicKeyMaterial } from './public-key.fixture.ts';
import { VerificationKeys } from './verification-keys.ts';

test('an imported key is found by its id in its account and region, until it is deleted', async (t) => {
  const { call, store } = await openControlPlane(t);
  const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial });
  const id = publicKey.arn.split('/')[1];
  const keys = new VerificationKeys(store.db);
  for (let time = 0; time < 2; time += 1) {
    assert.ok((await keys.find(scope, id))?.equals(createPublicKey(publicKeyMaterial)));
  }
  assert.equal(await keys.find(scope, 'nowhere'), undefined);
  assert.equal(await keys.find({ ...scope, region: 'eu-west-1' }, id), undefined);
  assert.equal(await keys.find({ ...scope, account: '210987654321' }, id), undefined);
  await call('DeletePublicKey', { arn: publicKey.arn });
  assert.equal(await keys.find(scope, id), undefined);
});

test('more keys than are kept ready are found all the same', async (t) => {
  const { call, store } = await openControlPlane(t, { publicKeys: 3 });
  const keys = new VerificationKeys(store.db, { readyKeys: 2 });
  const materials = [publicKeyMaterial, newPublicKeyMaterial(), newPublicKeyMaterial()];
  const ids: string[] = [];
  for (const material of materials) {
    const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial: material });
    ids.push(publicKey.arn.split('/')[1]);
  }
  for (const index of [0, 1, 2, 0, 2, 1]) {
    const found = await keys.find(scope, ids[index] ?? '');
    assert.ok(found?.equals(createPublicKey(materials[index] ?? '')));
  }
});
