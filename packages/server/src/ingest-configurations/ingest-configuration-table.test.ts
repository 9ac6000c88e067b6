import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { resetIngestStates, setIngestState } from './ingest-configuration-table.ts';
import { createIngestConfiguration, getIngestConfiguration, idOf, setState } from './ingest-configurations.fixture.ts';

test('the state of one configuration alone is set', async (t) => {
  const plane = await openControlPlane(t);
  const [made, other] = [await createIngestConfiguration(plane), await createIngestConfiguration(plane)];
  for (const abroad of elsewhere) {
    await plane.store.write((trx) => setIngestState(trx, abroad, idOf(made.arn), 'ACTIVE'));
  }
  assert.deepEqual(await getIngestConfiguration(plane, made.arn), made);
  await setState(plane, made.arn, 'ACTIVE');
  assert.deepEqual(await getIngestConfiguration(plane, made.arn), { ...made, state: 'ACTIVE' });
  assert.deepEqual(await getIngestConfiguration(plane, other.arn), other);
  // Its stream may outlive a configuration by a moment.
  await plane.store.write((trx) => setIngestState(trx, scope, 'nowhere', 'INACTIVE'));
});

test('no configuration is active any more once their states are reset, in no account', async (t) => {
  const plane = await openControlPlane(t);
  const { call, store } = plane;
  const arns = [];
  for (const caller of [scope, ...elsewhere]) {
    const { ingestConfiguration } = await call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS' }, caller);
    const { arn } = ingestConfiguration;
    await store.write((trx) => setIngestState(trx, caller, idOf(arn), 'ACTIVE'));
    arns.push({ arn, caller });
  }
  await resetIngestStates(store);
  for (const { arn, caller } of arns) {
    const { ingestConfiguration } = await call('GetIngestConfiguration', { arn }, caller);
    assert.equal(ingestConfiguration.state, 'INACTIVE');
  }
});
