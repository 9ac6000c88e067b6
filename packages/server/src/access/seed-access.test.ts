import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AccessFixture, account, openAccess } from './access.fixture.ts';
import { seedAccess } from './seed-access.ts';

const key = (userName: string, accessKeyId = 'PRSCFIRSTFIRSTFIRST1') => ({
  accessKeyId,
  secretAccessKey: 'hidden',
  account,
  userName,
});
const nothing = { users: [], policies: [], accessKeys: [], firstKey: undefined, now: new Date('2026-11-21T20:00:00Z') };
const document = { Statement: { Effect: 'Allow', Action: 'ivs:Get*', Resource: '*' } };

const shown = async ({ users }: AccessFixture) =>
  (await users.list()).map(({ name, policies, accessKeys }) => [name, policies, accessKeys.length]);

describe('The first key', () => {
  test('belongs to a user who may do everything, after the second start as well', async (t) => {
    const access = await openAccess(t);
    for (const start of [1, 2]) {
      await seedAccess(access.store, { ...nothing, firstKey: key('admin') });
      assert.deepEqual(await shown(access), [['admin', ['AdministratorAccess'], 1]], `start ${start}`);
    }
  });

  test('does not come back when it was deleted, nor does its user', async (t) => {
    const access = await openAccess(t);
    const firstKey = key('admin');
    await seedAccess(access.store, { ...nothing, firstKey });
    await access.keys.delete(firstKey.accessKeyId);
    await seedAccess(access.store, { ...nothing, firstKey });
    assert.deepEqual(await shown(access), [['admin', ['AdministratorAccess'], 0]]);
    await access.users.delete('admin');
    await seedAccess(access.store, { ...nothing, firstKey });
    assert.deepEqual(await shown(access), []);
  });

  test('stays disabled when it was disabled, and its user keeps what policies it got', async (t) => {
    const access = await openAccess(t);
    const firstKey = key('admin');
    await seedAccess(access.store, { ...nothing, firstKey });
    await access.keys.setActive(firstKey.accessKeyId, false);
    await access.users.detachPolicy('admin', 'AdministratorAccess');
    await seedAccess(access.store, { ...nothing, firstKey });
    const [admin] = await access.users.list();
    assert.deepEqual(admin?.policies, []);
    assert.equal(admin?.accessKeys[0]?.active, false);
  });

  test('is followed by a new one in a new file, with which one who is locked out comes in again', async (t) => {
    const access = await openAccess(t);
    await seedAccess(access.store, { ...nothing, firstKey: key('admin') });
    await access.users.delete('admin');
    await seedAccess(access.store, { ...nothing, firstKey: key('admin', 'PRSCSECONDSECONDSEC1') });
    assert.deepEqual(await shown(access), [['admin', ['AdministratorAccess'], 1]]);
  });
});

describe('The configuration', () => {
  test('gives users of its keys everything, unless it says something else', async (t) => {
    const access = await openAccess(t);
    const users = [{ account, name: 'Reporter', policies: ['IVSReadOnlyAccess'] }];
    const accessKeys = [key('deploy'), key('deploy', 'PRSCSECONDSECONDSEC1'), key('reporter', 'PRSCTHIRDTHIRDTHIRD1')];
    await seedAccess(access.store, { ...nothing, users, accessKeys });
    assert.deepEqual(await shown(access), [
      ['deploy', ['AdministratorAccess'], 0],
      ['Reporter', ['IVSReadOnlyAccess'], 0],
    ]);
    const listed = await access.users.list();
    assert.deepEqual(
      listed.map(({ configuredAccessKeys, configured }) => [configuredAccessKeys, configured]),
      [
        [2, false],
        [1, true],
      ],
    );
  });

  test('never widens what a user may do who is there already', async (t) => {
    const access = await openAccess(t);
    await access.users.create('deploy', ['IVSReadOnlyAccess']);
    await seedAccess(access.store, { ...nothing, accessKeys: [key('deploy')] });
    assert.deepEqual(await shown(access), [['deploy', ['IVSReadOnlyAccess'], 0]]);
  });

  test('is what counts for users and policies that it names, and commands do not change them', async (t) => {
    const access = await openAccess(t);
    const users = [{ account, name: 'reporter', policies: ['look'] }];
    const policies = [{ account, name: 'look', document }];
    await access.users.create('reporter', ['AdministratorAccess']);
    await seedAccess(access.store, { ...nothing, users, policies });
    assert.deepEqual(await shown(access), [['reporter', ['look'], 0]]);
    const isConfigured = { name: 'AdministrationError', message: /configuration/ };
    await assert.rejects(access.users.attachPolicy('reporter', 'IVSFullAccess'), isConfigured);
    await assert.rejects(access.users.detachPolicy('reporter', 'look'), isConfigured);
    await assert.rejects(access.users.delete('reporter'), isConfigured);
    await assert.rejects(access.policies.put('look', JSON.stringify(document)), isConfigured);
    await assert.rejects(access.policies.delete('look'), isConfigured);
    // A key is nothing that the configuration says.
    assert.equal((await access.keys.create('reporter')).userName, 'reporter');

    await seedAccess(access.store, nothing);
    await access.users.detachPolicy('reporter', 'look');
    await access.policies.delete('look');
    assert.deepEqual(await shown(access), [['reporter', [], 1]]);
  });

  test('keeps the user of a configured key from being deleted', async (t) => {
    const access = await openAccess(t);
    await seedAccess(access.store, { ...nothing, accessKeys: [key('deploy')] });
    await assert.rejects(access.users.delete('deploy'), /has access keys in the configuration/);
  });
});
