import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { account, openAccess, otherAccount } from '../access.fixture.ts';
import { PolicyError } from '../policy/policy.ts';

const document = JSON.stringify({ Statement: { Effect: 'Allow', Action: 'ivs:Get*', Resource: '*' } });
const refused = (message: RegExp) => ({ name: 'AdministrationError', message });

describe('Users', () => {
  test('are made with policies, shown, and deleted with their keys', async (t) => {
    const { users, keys } = await openAccess(t);
    const bob = await users.create('bob', ['ivsreadonlyaccess']);
    const createdTime = new Date('2026-11-21T20:00:00Z');
    const shown = { configuredAccessKeys: 0, configured: false, createdTime };
    assert.deepEqual(bob, { name: 'bob', policies: ['IVSReadOnlyAccess'], accessKeys: [], ...shown });
    const { secretAccessKey: _, ...key } = await keys.create('bob');
    assert.deepEqual(await users.get('BOB'), { ...bob, accessKeys: [key] });
    await users.delete('bob');
    assert.deepEqual(await users.list(), []);
    assert.deepEqual(await keys.list(), []);
  });

  test('are not made by names that are taken, or that are no names', async (t) => {
    const { users, ofAccount } = await openAccess(t);
    await users.create('bob');
    await assert.rejects(users.create('Bob'), refused(/^There is a user Bob already$/));
    await ofAccount(otherAccount).users.create('Bob');
    for (const name of ['', 'a b', 'x'.repeat(65), 'ünder'])
      await assert.rejects(users.create(name), refused(/^The name/));
  });

  test('have ten policies at most, each once, and only those that there are', async (t) => {
    const { users, policies } = await openAccess(t);
    await users.create('bob');
    for (let number = 1; number <= 11; number += 1) await policies.put(`p${number}`, document);
    for (let number = 1; number <= 10; number += 1) await users.attachPolicy('bob', `P${number}`);
    assert.deepEqual((await users.get('bob')).policies.at(-1), 'p10');
    await assert.rejects(users.attachPolicy('bob', 'p11'), refused(/at most 10 policies/));
    await users.detachPolicy('bob', 'p10');
    await assert.rejects(users.attachPolicy('bob', 'p9'), refused(/has the policy p9 already/));
    await assert.rejects(users.attachPolicy('bob', 'other'), refused(/There is no policy other in the account/));
    await assert.rejects(users.detachPolicy('bob', 'p10'), refused(/does not have the policy p10/));
    await assert.rejects(users.create('eve', ['other']), refused(/There is no policy other/));
    assert.equal((await users.list()).length, 1);
  });

  test('that are not there are told by name', async (t) => {
    const { users, keys } = await openAccess(t);
    const missing = refused(/^There is no user bob in the account 123456789012$/);
    for (const work of [users.get('bob'), users.delete('bob'), users.attachPolicy('bob', 'IVSFullAccess')]) {
      await assert.rejects(work, missing);
    }
    await assert.rejects(keys.create('bob'), missing);
    await assert.rejects(keys.list('bob'), missing);
  });
});

describe('Access keys', () => {
  test('are two for a user at most, disabled ones too, and rotation needs no third', async (t) => {
    const { users, keys } = await openAccess(t);
    await users.create('bob');
    const first = await keys.create('bob');
    const second = await keys.create('bob');
    assert.match(first.accessKeyId, /^PRSC[A-Z2-7]{16}$/);
    assert.equal(first.secretAccessKey.length, 40);
    await keys.setActive(second.accessKeyId, false);
    await assert.rejects(keys.create('bob'), refused(/bob has 2 access keys already/));
    const third = await keys.rotate(first.accessKeyId);
    assert.notEqual(third.secretAccessKey, first.secretAccessKey);
    assert.deepEqual(
      (await keys.list('bob')).map(({ accessKeyId, active }) => [accessKeyId, active]),
      [
        [second.accessKeyId, false],
        [third.accessKeyId, true],
      ],
    );
  });

  test('show their secret once', async (t) => {
    const { users, keys } = await openAccess(t);
    await users.create('bob');
    const { secretAccessKey, accessKeyId } = await keys.create('bob');
    const shown = [await keys.list(), await users.list(), await keys.setActive(accessKeyId, true)];
    assert.ok(!JSON.stringify(shown).includes(secretAccessKey));
  });

  test('of another account are not there', async (t) => {
    const { users, keys, ofAccount } = await openAccess(t);
    await users.create('bob');
    const { accessKeyId } = await keys.create('bob');
    const others = ofAccount(otherAccount).keys;
    const missing = refused(/^There is no access key PRSC.* in the account 210987654321/);
    const tries = [others.delete(accessKeyId), others.setActive(accessKeyId, false), others.rotate(accessKeyId)];
    for (const work of tries) await assert.rejects(work, missing);
    assert.deepEqual(await others.list(), []);
    assert.equal((await keys.list()).length, 1);
  });
});

describe('Policies', () => {
  test('are made, replaced, listed with their users, and deleted when nobody has them', async (t) => {
    const { users, policies } = await openAccess(t);
    await policies.put('look', document);
    const other = document.replace('Get', 'List');
    assert.deepEqual((await policies.put('LOOK', other)).document, JSON.parse(other));
    await users.create('bob', ['look']);
    assert.deepEqual(
      (await policies.list()).map(({ name, managed, users: of }) => [name, managed, of]),
      [
        ['AdministratorAccess', true, []],
        ['IVSFullAccess', true, []],
        ['IVSReadOnlyAccess', true, []],
        ['look', false, ['bob']],
      ],
    );
    await assert.rejects(policies.delete('look'), refused(/look is attached to bob/));
    await users.detachPolicy('bob', 'look');
    await policies.delete('look');
    await assert.rejects(policies.get('look'), refused(/no policy look/));
  });

  test('that cannot be used, or that nobody may change, are refused', async (t) => {
    const { policies } = await openAccess(t);
    await assert.rejects(policies.put('look', '{'), PolicyError);
    await assert.rejects(policies.put('a b', document), refused(/^The name of a policy/));
    await assert.rejects(policies.put('administratoraccess', document), refused(/nobody can change it/));
    await assert.rejects(policies.delete('IVSFullAccess'), refused(/nobody can change it/));
    await assert.rejects(policies.delete('look'), refused(/no policy look/));
  });
});

test('every change is noted with who made it and without secrets, a refused one is not', async (t) => {
  const { store, users, keys, policies } = await openAccess(t);
  await users.create('bob', ['IVSReadOnlyAccess']);
  await assert.rejects(users.create('bob'));
  await policies.put('look', document);
  await users.attachPolicy('bob', 'look');
  await users.detachPolicy('bob', 'look');
  const made = await keys.create('bob');
  await keys.setActive(made.accessKeyId, false);
  const rotated = await keys.rotate(made.accessKeyId);
  await keys.delete(rotated.accessKeyId);
  await policies.delete('look');
  await users.delete('bob');
  const rows = await store.db.selectFrom('access_changes').selectAll().orderBy('seq').execute();
  assert.deepEqual(
    rows.map(({ name }) => name),
    [
      ...['CreateUser', 'PutPolicy', 'AttachUserPolicy', 'DetachUserPolicy', 'CreateAccessKey', 'UpdateAccessKey'],
      ...['RotateAccessKey', 'DeleteAccessKey', 'DeletePolicy', 'DeleteUser'],
    ],
  );
  assert.ok(rows.every((row) => row.actor === 'root@host' && row.account === account));
  const text = JSON.stringify(rows);
  assert.ok(text.includes(made.accessKeyId));
  for (const { secretAccessKey } of [made, rotated]) assert.ok(!text.includes(secretAccessKey));
});
