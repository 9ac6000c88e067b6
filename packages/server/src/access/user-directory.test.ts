import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { account, openAccess, otherAccount } from './access.fixture.ts';
import { managedPolicies } from './policy/managed-policies.ts';
import { readPolicy } from './policy/read-policy.ts';
import { seedAccess } from './seed-access.ts';
import { UserDirectory } from './user-directory.ts';

const configured = { accessKeyId: 'PRSCCONFIGURED000001', secretAccessKey: 'hidden', account, userName: 'deploy' };
const nothing = { users: [], policies: [], accessKeys: [], firstKey: undefined, now: new Date('2026-11-21T20:00:00Z') };
const caller = (userName: string, owner = account) => ({ account: owner, userName });

describe('What another process changes', () => {
  test('is seen by the next request: a key that is made, disabled, enabled, rotated and deleted', async (t) => {
    const { store, users, keys } = await openAccess(t);
    const directory = await UserDirectory.open(store, []);
    const isKnown = async (accessKeyId: string) => {
      await directory.refresh();
      return directory.find(accessKeyId) !== undefined;
    };
    await users.create('bob');
    const key = await keys.create('bob');
    assert.equal(directory.find(key.accessKeyId), undefined);
    assert.equal(await isKnown(key.accessKeyId), true);
    const { accessKeyId, secretAccessKey, userName } = key;
    assert.deepEqual(directory.find(accessKeyId), { accessKeyId, secretAccessKey, userName, account });
    await keys.setActive(accessKeyId, false);
    assert.equal(await isKnown(accessKeyId), false);
    await keys.setActive(accessKeyId, true);
    assert.equal(await isKnown(accessKeyId), true);
    const next = await keys.rotate(accessKeyId);
    assert.deepEqual([await isKnown(accessKeyId), await isKnown(next.accessKeyId)], [false, true]);
    await keys.delete(next.accessKeyId);
    assert.equal(await isKnown(next.accessKeyId), false);
  });

  test('is seen by the next request: policies that are attached, changed and detached', async (t) => {
    const { store, users, policies } = await openAccess(t);
    const directory = await UserDirectory.open(store, []);
    const policiesOf = async (userName: string) => {
      await directory.refresh();
      return directory.policiesOf(caller(userName));
    };
    const document = (Action: string) => ({ Statement: { Effect: 'Allow', Action, Resource: '*' } });
    await users.create('bob', ['ivsreadonlyaccess']);
    assert.deepEqual(await policiesOf('bob'), [readPolicy(managedPolicies.get('IVSReadOnlyAccess'))]);
    await policies.put('tokens', JSON.stringify(document('ivs:GetStage')));
    await users.attachPolicy('bob', 'tokens');
    assert.deepEqual((await policiesOf('BOB')).slice(1), [readPolicy(document('ivs:GetStage'))]);
    await policies.put('tokens', JSON.stringify(document('ivs:CreateParticipantToken')));
    assert.deepEqual((await policiesOf('bob')).slice(1), [readPolicy(document('ivs:CreateParticipantToken'))]);
    await users.detachPolicy('bob', 'tokens');
    assert.equal((await policiesOf('bob')).length, 1);
    await users.delete('bob');
    assert.deepEqual(await policiesOf('bob'), []);
  });

  test('concerns its own account alone', async (t) => {
    const { store, users, ofAccount } = await openAccess(t);
    await users.create('bob', ['AdministratorAccess']);
    await ofAccount(otherAccount).users.create('bob');
    const directory = await UserDirectory.open(store, []);
    assert.equal(directory.policiesOf(caller('bob')).length, 1);
    assert.equal(directory.policiesOf(caller('bob', otherAccount)).length, 0);
  });
});

test('a key of the configuration is good for as long as its user is there', async (t) => {
  const { store, users } = await openAccess(t);
  await seedAccess(store, { ...nothing, accessKeys: [configured] });
  const directory = await UserDirectory.open(store, [configured]);
  assert.deepEqual(directory.find(configured.accessKeyId), configured);
  assert.equal(directory.policiesOf(caller('deploy')).length, 1);
  await seedAccess(store, nothing);
  await users.delete('deploy');
  await directory.refresh();
  assert.equal(directory.find(configured.accessKeyId), undefined);
});

test('two keys of the configuration with one id are refused', async (t) => {
  const { store } = await openAccess(t);
  await assert.rejects(UserDirectory.open(store, [configured, configured]), /the same access key id/);
});

test('with a policy that cannot be read nothing is decided, since it may deny something', async (t) => {
  const { store, users, policies } = await openAccess(t);
  await policies.put('own', JSON.stringify({ Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }));
  await users.create('bob', ['AdministratorAccess', 'own']);
  await store.write((trx) => trx.updateTable('policies').set({ document_json: '{"Statement":[]}' }).execute());
  const directory = await UserDirectory.open(store, []);
  assert.throws(() => directory.policiesOf(caller('bob')), /Statement: must be there/);
});
