import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { openLocalFolder } from '../objects/local-folder.fixture.ts';
import { MoodyStore } from '../objects/moody-store.fixture.ts';

const s3 = { bucketName: 'show-archive' };
const notFound = { name: 'ResourceNotFoundException', message: 'Storage configuration not found' };
const unknown = 'arn:aws:ivs:us-west-2:123456789012:storage-configuration/nowhere';

test('a storage configuration is made, read, listed newest first and deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { storageConfiguration: first } = await call('CreateStorageConfiguration', { s3 });
  const { arn, ...rest } = first;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:storage-configuration\/[a-zA-Z0-9]{12}$/);
  assert.deepEqual(rest, { name: '', s3, tags: {} });
  const { storageConfiguration: second } = await call('CreateStorageConfiguration', {
    name: 'archive',
    s3,
    tags: { team: 'red' },
  });
  assert.deepEqual(await call('GetStorageConfiguration', { arn: second.arn }), { storageConfiguration: second });
  assert.deepEqual(await call('ListStorageConfigurations'), { storageConfigurations: [second, first] });

  assert.deepEqual((await call('DeleteStorageConfiguration', { arn })) ?? {}, {});
  await assert.rejects(call('DeleteStorageConfiguration', { arn }), notFound);
  await assert.rejects(call('GetStorageConfiguration', { arn }), notFound);
  assert.deepEqual(await call('ListStorageConfigurations'), { storageConfigurations: [second] });
});

test('storage configurations are paged', async (t) => {
  const { call } = await openControlPlane(t);
  for (const name of ['a', 'b', 'c']) await call('CreateStorageConfiguration', { name, s3 });
  const first = await call('ListStorageConfigurations', { maxResults: 2 });
  const second = await call('ListStorageConfigurations', { maxResults: 2, nextToken: first.nextToken });
  const names = [first, second].map((page) => page.storageConfigurations.map(({ name }: { name: string }) => name));
  assert.deepEqual(names, [['c', 'b'], ['a']]);
});

test('a storage configuration that a stage uses cannot be deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3 });
  const { arn } = storageConfiguration;
  const { stage } = await call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn: arn },
  });
  await assert.rejects(call('DeleteStorageConfiguration', { arn }), { name: 'ConflictException', status: 409 });
  await call('UpdateStage', { arn: stage.arn, autoParticipantRecordingConfiguration: { storageConfigurationArn: '' } });
  await call('DeleteStorageConfiguration', { arn });
});

test('a storage configuration is free again when its stage is deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3 });
  const { arn } = storageConfiguration;
  const { stage } = await call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn: arn },
  });
  await call('DeleteStage', { arn: stage.arn });
  await call('DeleteStorageConfiguration', { arn });
});

test('a stage and the end of its storage configuration never cross', async (t) => {
  const { call } = await openControlPlane(t);
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3 });
  const { arn } = storageConfiguration;
  const [deleted, created] = await Promise.allSettled([
    call('DeleteStorageConfiguration', { arn }),
    call('CreateStage', { autoParticipantRecordingConfiguration: { storageConfigurationArn: arn } }),
  ]);
  assert.deepEqual([deleted.status, created.status], ['fulfilled', 'rejected']);
  assert.deepEqual(await call('ListStages'), { stages: [] });
});

test('there can be as many storage configurations as the quota says', async (t) => {
  const { call } = await openControlPlane(t);
  for (let count = 0; count < 5; count += 1) await call('CreateStorageConfiguration', { s3 });
  await assert.rejects(call('CreateStorageConfiguration', { s3 }), {
    name: 'ServiceQuotaExceededException',
    status: 402,
  });
  for (const other of elsewhere) await call('CreateStorageConfiguration', { s3 }, other);
});

test('a storage configuration is checked when it is made', async (t) => {
  const { call } = await openControlPlane(t);
  const wrong = [
    {},
    { s3: {} },
    { s3: { bucketName: 'ab' } },
    { s3: { bucketName: 'x'.repeat(64) } },
    { s3: { bucketName: 'Upper' } },
    { s3: { bucketName: '../../etc' } },
    { s3, name: 'a b' },
    { s3, tags: { 'aws:x': '1' } },
  ];
  for (const input of wrong) {
    await assert.rejects(call('CreateStorageConfiguration', input), { name: 'ValidationException' });
  }
});

test('storage configurations of another account or region are not there', async (t) => {
  const { call } = await openControlPlane(t);
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3 });
  const { arn } = storageConfiguration;
  for (const other of elsewhere) {
    await assert.rejects(call('GetStorageConfiguration', { arn }, other), notFound);
    await assert.rejects(call('DeleteStorageConfiguration', { arn }, other), notFound);
    assert.deepEqual(await call('ListStorageConfigurations', {}, other), { storageConfigurations: [] });
  }
  await assert.rejects(call('GetStorageConfiguration', { arn: unknown }), notFound);
  await call('GetStorageConfiguration', { arn });
});

test('the bucket of a storage configuration comes into being in the local folder, for its account alone', async (t) => {
  const { store: objects } = await openLocalFolder(t);
  const { call } = await openControlPlane(t, {}, objects);
  await call('CreateStorageConfiguration', { s3 });
  const buckets = await objects.buckets(scope.account);
  assert.deepEqual(
    buckets.map(({ bucket }) => bucket),
    ['show-archive'],
  );
  assert.deepEqual(await objects.buckets('210987654321'), []);
});

test('a storage configuration is not made when the object store knows no such bucket, denies it or is away', async (t) => {
  const objects = new MoodyStore((await openLocalFolder(t)).store);
  const { call } = await openControlPlane(t, {}, objects);
  const answers = {
    lacks: ['ResourceNotFoundException', 'S3 bucket not found. Please verify your bucket exists.'],
    denies: ['AccessDeniedException', 'Access denied to S3 bucket. Please verify your bucket policy.'],
    away: ['InternalServerException', 'Service internal error'],
  } as const;
  for (const mood of ['lacks', 'denies', 'away'] as const) {
    objects.mood = mood;
    const [name, message] = answers[mood];
    await assert.rejects(call('CreateStorageConfiguration', { s3 }), { name, message });
  }
  assert.deepEqual(await call('ListStorageConfigurations'), { storageConfigurations: [] });
  objects.mood = 'well';
  await call('CreateStorageConfiguration', { s3 });
});
