import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { readClientData } from './client-data.ts';
import { openStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

const client = readClientData(undefined);

test('a session ends once the linger time has passed, and not before somebody who is expected back may come', async (t) => {
  const { registry, stage, claimsOf, store, clock } = await openStage(t, { sessionLingerMs: 120_000 });
  const { resourceId } = await registry.stage(stage).publish(claimsOf('p-1'), client, publishOffer);
  registry.keepSession(stage, 300_000);
  registry.endResource(stage, 'p-1', resourceId);
  const session = await findRunningSession(store.db, stage);
  assert.ok(session);

  clock.advance(299_999);
  await registry.write(stage, async () => {}); // comes after whatever the stage had to write
  assert.deepEqual(await findRunningSession(store.db, stage), session);
  clock.advance(1);
  await registry.write(stage, async () => {});
  assert.equal(await findRunningSession(store.db, stage), undefined);
});

test('a session that nobody comes back to ends after the linger time', async (t) => {
  const { registry, stage, claimsOf, store, clock } = await openStage(t, { sessionLingerMs: 120_000 });
  const { resourceId } = await registry.stage(stage).publish(claimsOf('p-1'), client, publishOffer);
  registry.endResource(stage, 'p-1', resourceId);
  clock.advance(119_999);
  await registry.write(stage, async () => {});
  assert.ok(await findRunningSession(store.db, stage));
  clock.advance(1);
  await registry.write(stage, async () => {});
  assert.equal(await findRunningSession(store.db, stage), undefined);
});
