import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { createIngestConfiguration, createStage, idOf } from './ingest-configurations.fixture.ts';
import { findByStreamKey } from './stream-key.ts';

test('a stream key leads to its configuration and the participant of its stream', async (t) => {
  const plane = await openControlPlane(t);
  const { arn: stageArn, stageId } = await createStage(plane);
  const made = await createIngestConfiguration(plane, {
    stageArn,
    ingestProtocol: 'RTMP',
    insecureIngest: true,
    userId: 'cam',
    attributes: { a: 'b' },
  });
  const found = await findByStreamKey(plane.store.db, made.streamKey);
  assert.deepEqual(found?.scope, scope);
  assert.equal(found?.participantId, made.participantId);
  const { credentials, ...configuration } = found?.configuration ?? {};
  assert.deepEqual(configuration, {
    id: idOf(made.arn),
    name: '',
    tags: {},
    stageId,
    ingestProtocol: 'RTMP',
    insecureIngest: true,
    participantId: made.participantId,
    userId: 'cam',
    attributes: { a: 'b' },
    state: 'INACTIVE',
  });
});

test('with redundant ingest each key leads to the participant of its own stream', async (t) => {
  const plane = await openControlPlane(t);
  const { arn, redundantIngestCredentials: credentials } = await createIngestConfiguration(plane, {
    redundantIngest: true,
  });
  for (const { streamKey, participantId } of credentials) {
    assert.equal((await findByStreamKey(plane.store.db, streamKey))?.participantId, participantId);
  }
  await plane.call('UpdateIngestConfiguration', { arn, redundantIngest: false });
  assert.notEqual(await findByStreamKey(plane.store.db, credentials[0].streamKey), undefined);
  assert.equal(await findByStreamKey(plane.store.db, credentials[1].streamKey), undefined);
});

test('a key is dead as soon as its configuration is deleted', async (t) => {
  const plane = await openControlPlane(t);
  const { arn, streamKey } = await createIngestConfiguration(plane);
  await plane.call('DeleteIngestConfiguration', { arn });
  assert.equal(await findByStreamKey(plane.store.db, streamKey), undefined);
});

test('nothing but the very key is let in', async (t) => {
  const plane = await openControlPlane(t);
  const [{ streamKey }, other] = [await createIngestConfiguration(plane), await createIngestConfiguration(plane)];
  const flipped = streamKey.endsWith('x') ? 'y' : 'x';
  const wrong = [
    '',
    'rt_',
    'no key',
    streamKey.slice(0, -1),
    `${streamKey}x`,
    `${streamKey.slice(0, -1)}${flipped}`,
    `${streamKey}\n`,
    ` ${streamKey}`,
    streamKey.toUpperCase(),
    streamKey.replace('us-west-2', 'eu-west-1'),
    streamKey.replace('123456789012', '210987654321'),
    streamKey.replace(/_[^_]*$/, ''),
    streamKey.replace(/_[^_]*$/, '_'),
    // The secret of one configuration in the key of another.
    streamKey.replace(/_[^_]*$/, `_${other.streamKey.split('_').at(-1)}`),
    `${streamKey}_${streamKey}`,
    `${streamKey}${'x'.repeat(1_000_000)}`,
    `rt_123456789012_${'-'.repeat(1_000_000)}`,
  ];
  for (const text of wrong) assert.equal(await findByStreamKey(plane.store.db, text), undefined);
  assert.notEqual(await findByStreamKey(plane.store.db, streamKey), undefined);
});
