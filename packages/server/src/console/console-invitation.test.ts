import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccessKey, type AccessKeys, createAccessKeys } from '../identity/access-keys.ts';
import { ConsoleInvitation } from './console-invitation.ts';

const hourMs = 60 * 60 * 1_000;
const configured: AccessKey = {
  accessKeyId: 'PRSCCONFIGURED',
  secretAccessKey: 'secret',
  account: '123456789012',
  userName: 'admin',
};

function invite() {
  let nowMs = Date.UTC(2026, 10, 22);
  const clock = { now: () => new Date(nowMs) };
  let isThere = true;
  let refreshed = 0;
  const keys: AccessKeys = { ...createAccessKeys([configured]), refresh: async () => void refreshed++ };
  const users = { ...keys, hasUser: ({ userName }: { userName: string }) => isThere && userName === 'admin' };
  const invitation = new ConsoleInvitation(users, { account: '123456789012', userName: 'admin' }, clock);
  const pass = (durationMs: number) => {
    nowMs += durationMs;
  };
  const remove = () => {
    isThere = false;
  };
  return { invitation, pass, remove, refreshed: () => refreshed };
}

test('the code brings a key of the account once', () => {
  const { invitation } = invite();
  const key = invitation.take(invitation.code);
  assert.equal(key?.account, '123456789012');
  assert.equal(key.userName, 'admin');
  assert.equal(invitation.find(key.accessKeyId), key);
  assert.equal(invitation.take(invitation.code), undefined);
  assert.equal(invitation.find(key.accessKeyId), key);
});

test('another code brings nothing, and takes nothing away', () => {
  const { invitation } = invite();
  assert.equal(invitation.take(''), undefined);
  assert.equal(invitation.take(`${invitation.code}x`), undefined);
  assert.ok(invitation.take(invitation.code));
});

test('the key ends after twelve hours', () => {
  const { invitation, pass } = invite();
  const key = invitation.take(invitation.code);
  assert.ok(key);
  pass(12 * hourMs - 1);
  assert.equal(invitation.find(key.accessKeyId), key);
  pass(1);
  assert.equal(invitation.find(key.accessKeyId), undefined);
});

test('the key ends with its user', () => {
  const { invitation, remove } = invite();
  const key = invitation.take(invitation.code);
  assert.ok(key);
  remove();
  assert.equal(invitation.find(key.accessKeyId), undefined);
});

test('what has changed with users is taken in', async () => {
  const { invitation, refreshed } = invite();
  await invitation.refresh();
  assert.equal(refreshed(), 1);
});

test('other keys are found as ever', () => {
  const { invitation } = invite();
  assert.equal(invitation.find('PRSCCONFIGURED'), configured);
  assert.equal(invitation.find('PRSCUNKNOWN'), undefined);
});
