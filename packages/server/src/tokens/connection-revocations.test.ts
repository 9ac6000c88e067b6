import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { deleteRevocationsBefore, retainRevocations } from './connection-revocations.ts';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;

test('RevokeConnectionToken accepts any id, known or not, as often as it is called', async (t) => {
  const { call, connectionRevocations } = await openControlPlane(t);
  assert.equal(await connectionRevocations.isRevoked(scope, 'phone-1'), false);
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual((await call('RevokeConnectionToken', { tokenId: 'phone-1' })) ?? {}, {});
    assert.equal(await connectionRevocations.isRevoked(scope, 'phone-1'), true);
  }
  assert.equal(await connectionRevocations.isRevoked(scope, 'phone-2'), false);
  assert.equal(await connectionRevocations.isRevoked(scope, 'Phone-1'), false);
});

test('a token id is revoked in one account and region alone', async (t) => {
  const { call, connectionRevocations } = await openControlPlane(t);
  await call('RevokeConnectionToken', { tokenId: 'phone-1' }, elsewhere[0]);
  assert.equal(await connectionRevocations.isRevoked(scope, 'phone-1'), false);
  await call('RevokeConnectionToken', { tokenId: 'phone-1' });
  assert.equal(await connectionRevocations.isRevoked({ ...scope, account: '210987654321' }, 'phone-1'), false);
});

test('RevokeConnectionToken refuses what cannot be a token id', async (t) => {
  const { call } = await openControlPlane(t);
  for (const tokenId of [undefined, '', 'a b', 'ä', 'x'.repeat(65)]) {
    await assert.rejects(call('RevokeConnectionToken', { tokenId }), { name: 'ValidationException' });
  }
  await call('RevokeConnectionToken', { tokenId: 'x'.repeat(64) });
});

test('whoever holds connections hears of a revocation once it is durable', async (t) => {
  const { call, connectionRevocations } = await openControlPlane(t);
  const heard: unknown[] = [];
  connectionRevocations.on('revoked', (...revocation) => {
    heard.push([...revocation, connectionRevocations.isRevoked(...revocation)]);
  });
  await call('RevokeConnectionToken', { tokenId: 'phone-1' });
  await call('RevokeConnectionToken', { tokenId: 'phone-2' }, elsewhere[1]);
  await assert.rejects(call('RevokeConnectionToken', { tokenId: '' }));
  assert.deepEqual(await Promise.all(heard.map((revocation) => Promise.all(revocation as unknown[]))), [
    [scope, 'phone-1', true],
    [elsewhere[1], 'phone-2', true],
  ]);
});

test('a revocation outlives every token that it was for, and goes then; once more makes it last longer', async (t) => {
  const { call, store, clock, connectionRevocations } = await openControlPlane(t);
  await call('RevokeConnectionToken', { tokenId: 'phone-1' });
  await call('RevokeConnectionToken', { tokenId: 'phone-2' });
  clock.advance(dayMs);
  await call('RevokeConnectionToken', { tokenId: 'phone-2' });
  const retention = retainRevocations({ store, clock, logger: pino({ level: 'silent' }) });
  t.after(() => retention.close());
  /** Whether the two are still revoked, after the sweep that follows. */
  const revokedAfter = async (durationMs: number) => {
    while (clock.alarms === 0) await setImmediate();
    clock.advance(durationMs);
    while (clock.alarms === 0) await setImmediate();
    return Promise.all(['phone-1', 'phone-2'].map((id) => connectionRevocations.isRevoked(scope, id)));
  };
  // Sweeps are an hour apart. The first token may have been good for four weeks and a minute after its revocation.
  assert.deepEqual(await revokedAfter(27 * dayMs), [true, true]);
  assert.deepEqual(await revokedAfter(hourMs), [false, true]);
  assert.deepEqual(await revokedAfter(dayMs - hourMs), [false, true]);
  assert.deepEqual(await revokedAfter(hourMs), [false, false]);
});

test('many old revocations go portion by portion', async (t) => {
  const { store } = await openControlPlane(t);
  const rows = Array.from({ length: 5_100 }, (_, index) => ({
    ...scope,
    token_id: `t-${index}`,
    revoked_time_ms: index,
  }));
  await store.write(async (trx) => {
    for (let start = 0; start < rows.length; start += 1_000) {
      await trx
        .insertInto('revoked_connection_tokens')
        .values(rows.slice(start, start + 1_000))
        .execute();
    }
  });
  const portions: number[] = [];
  do portions.push(await store.write((trx) => deleteRevocationsBefore(trx, new Date(5_050))));
  while (portions.at(-1) !== 0);
  assert.deepEqual(portions, [5_000, 50, 0]);
});
