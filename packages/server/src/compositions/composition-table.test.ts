import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControlPlane, openControlPlane, openTestStore, scope } from '../control-plane.fixture.ts';
import { type CompositionRecord, compositions } from './composition-table.ts';
import { fillDestinationSettings } from './destination-settings.ts';
import { fillLayoutSettings } from './layout-settings.ts';

const startTime = new Date('2026-11-21T20:05:00.123Z');
const conflict = { name: 'ConflictException', status: 409 };
const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';

/** Makes what a composition refers to, and a composition that does. */
async function begin({ call, store }: ControlPlane) {
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3: { bucketName: 'show-archive' } });
  const { encoderConfiguration: forChannel } = await call('CreateEncoderConfiguration', { name: 'air' });
  const { encoderConfiguration: forS3 } = await call('CreateEncoderConfiguration', { name: 'archive' });
  const [channel, s3] = fillDestinationSettings([
    { channel: { channelArn, encoderConfigurationArn: forChannel.arn } },
    { s3: { storageConfigurationArn: storageConfiguration.arn, encoderConfigurationArns: [forS3.arn] } },
  ]);
  assert.ok(channel && s3);
  const record: CompositionRecord = {
    id: 'CompAAAA0001',
    name: '',
    tags: { team: 'red' },
    stageId: 'Fr1dayShow01',
    state: 'STARTING',
    layout: fillLayoutSettings(),
    destinations: [
      { id: 'DestAAAA0001', state: 'STARTING', settings: channel },
      { id: 'DestBBBB0002', state: 'STARTING', settings: s3 },
    ],
    startTime,
    request: { idempotencyToken: 'once', parametersHash: 'of-these' },
  };
  await store.write((trx) => compositions.insert(trx, scope, record));
  return { record, storage: storageConfiguration.arn, encoders: [forChannel.arn, forS3.arn] };
}

test('a composition comes back as it was written', async (t) => {
  const plane = await openControlPlane(t);
  const { record } = await begin(plane);
  assert.deepEqual(await compositions.find(plane.store.db, scope, record.id), record);
  const endTime = new Date('2026-11-21T20:35:00.456Z');
  const [channel, s3] = record.destinations;
  assert.ok(channel && s3);
  const ended: CompositionRecord = {
    ...record,
    state: 'STOPPED',
    destinations: [
      { ...channel, state: 'FAILED', endTime: startTime },
      { ...s3, state: 'STOPPED', startTime, endTime },
    ],
    endTime,
  };
  await plane.store.write((trx) => compositions.update(trx, scope, ended));
  assert.deepEqual(await compositions.find(plane.store.db, scope, record.id), ended);
});

test('what a destination is called or refers to is never taken for a time', async (t) => {
  const store = await openTestStore(t);
  const record: CompositionRecord = {
    id: 'CompAAAA0001',
    name: '',
    tags: {},
    stageId: 'Fr1dayShow01',
    state: 'STARTING',
    layout: fillLayoutSettings(),
    destinations: [
      { id: 'DestAAAA0001', state: 'STARTING', settings: { name: '2026-11-21', channel: { channelArn } } },
    ],
    startTime,
  };
  await store.write((trx) => compositions.insert(trx, scope, record));
  assert.deepEqual(await compositions.find(store.db, scope, record.id), record);
});

test('what a running composition uses cannot be deleted', async (t) => {
  const plane = await openControlPlane(t);
  const { record, storage, encoders } = await begin(plane);
  await assert.rejects(plane.call('DeleteStorageConfiguration', { arn: storage }), conflict);
  for (const arn of encoders) await assert.rejects(plane.call('DeleteEncoderConfiguration', { arn }), conflict);

  await plane.store.write((trx) => compositions.update(trx, scope, { ...record, endTime: startTime }));
  await plane.call('DeleteStorageConfiguration', { arn: storage });
  for (const arn of encoders) await plane.call('DeleteEncoderConfiguration', { arn });
});
