import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import {
  createIngestConfiguration,
  createStage,
  getIngestConfiguration,
  idOf,
  setState,
} from './ingest-configurations.fixture.ts';

const notFound = { name: 'ResourceNotFoundException', message: 'Ingest configuration not found' };
const invalid = { name: 'ValidationException' };
const inUse = { name: 'ConflictException', status: 409, message: 'The ingest configuration is in use by a stream' };
const unknown = 'arn:aws:ivs:us-west-2:123456789012:ingest-configuration/nowhere';
const unknownStage = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';

test('CreateIngestConfiguration makes an unattached, inactive one with a key and a participant id', async (t) => {
  const plane = await openControlPlane(t);
  const { arn, participantId, streamKey, ...rest } = await createIngestConfiguration(plane);
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:ingest-configuration\/[a-zA-Z0-9]{12}$/);
  assert.match(participantId, /^[a-zA-Z0-9]{12}$/);
  assert.match(streamKey, new RegExp(`^rt_123456789012_us-west-2_${idOf(arn)}_[a-zA-Z0-9]{32}$`));
  assert.deepEqual(rest, {
    name: '',
    ingestProtocol: 'RTMPS',
    stageArn: '',
    state: 'INACTIVE',
    userId: '',
    redundantIngest: false,
    tags: {},
  });
  const other = await createIngestConfiguration(plane, { stageArn: '' });
  assert.notEqual(other.streamKey.split('_').at(-1), streamKey.split('_').at(-1));
  assert.notEqual(other.participantId, participantId);
});

test('CreateIngestConfiguration keeps everything that it is given; insecureIngest is not told', async (t) => {
  const plane = await openControlPlane(t);
  const stage = await createStage(plane);
  const given = {
    name: 'studio',
    stageArn: stage.arn,
    userId: 'camera one',
    attributes: { role: 'programme', ö: '€' },
    tags: { team: 'red' },
  };
  const made = await createIngestConfiguration(plane, { ...given, ingestProtocol: 'rtmp', insecureIngest: true });
  const { arn, participantId, streamKey, ...rest } = made;
  assert.deepEqual(rest, { ...given, ingestProtocol: 'RTMP', state: 'INACTIVE', redundantIngest: false });
  assert.deepEqual(await getIngestConfiguration(plane, arn), made);
  const { insecureIngest } = await createIngestConfiguration(plane, { insecureIngest: true });
  assert.equal(insecureIngest, undefined);
});

test('redundant ingest has two credentials, the first with the key of the configuration', async (t) => {
  const plane = await openControlPlane(t);
  const made = await createIngestConfiguration(plane, { redundantIngest: true });
  const { redundantIngest, redundantIngestCredentials: credentials, streamKey, participantId } = made;
  assert.equal(redundantIngest, true);
  assert.equal(credentials.length, 2);
  assert.equal(credentials[0].streamKey, streamKey);
  assert.match(credentials[1].streamKey, new RegExp(`^rt_123456789012_us-west-2_${idOf(made.arn)}_[a-zA-Z0-9]{32}$`));
  assert.notEqual(credentials[1].streamKey, streamKey);
  const participantIds = [participantId, ...credentials.map((credential: Body) => credential.participantId)];
  assert.equal(new Set(participantIds).size, 3);
  assert.deepEqual(await getIngestConfiguration(plane, made.arn), made);
});

test('CreateIngestConfiguration is checked', async (t) => {
  const { call } = await openControlPlane(t);
  const wrong = [
    {},
    { ingestProtocol: 'WHIP' },
    { ingestProtocol: 'RTMP' },
    { ingestProtocol: 'rtmp', insecureIngest: false },
    { ingestProtocol: 'RTMPS', name: 'a b' },
    { ingestProtocol: 'RTMPS', userId: 'u'.repeat(129) },
    { ingestProtocol: 'RTMPS', stageArn: 'no-arn' },
    { ingestProtocol: 'RTMPS', stageArn: unknownStage },
    { ingestProtocol: 'RTMPS', tags: { 'aws:x': '1' } },
    { ingestProtocol: 'RTMPS', attributes: { k: 'x'.repeat(1024) } },
    { ingestProtocol: 'RTMPS', attributes: { k: 'ü'.repeat(512) } },
  ];
  for (const input of wrong) await assert.rejects(call('CreateIngestConfiguration', input), invalid);
  await assert.rejects(call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS', insecureIngest: 'yes' }), {
    name: 'SerializationException',
  });
  assert.deepEqual(await call('ListIngestConfigurations'), { ingestConfigurations: [] });
  await call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS', attributes: { k: 'x'.repeat(1023) } });
});

test('a stage of another account or region cannot be attached', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  for (const other of elsewhere) {
    const input = { ingestProtocol: 'RTMPS', stageArn: stage.arn };
    await assert.rejects(call('CreateIngestConfiguration', input, other), {
      name: 'ValidationException',
      message: 'Stage not found',
    });
  }
});

test('ListIngestConfigurations tells no keys, tags and attributes, newest first', async (t) => {
  const plane = await openControlPlane(t);
  const first = await createIngestConfiguration(plane, {
    name: 'first',
    userId: 'one',
    attributes: { a: 'b' },
    tags: { team: 'red' },
    redundantIngest: true,
  });
  const second = await createIngestConfiguration(plane, { name: 'second' });
  const summaries = [second, first].map(({ name, arn, participantId, redundantIngest, userId }) => ({
    name,
    arn,
    ingestProtocol: 'RTMPS',
    stageArn: '',
    participantId,
    state: 'INACTIVE',
    userId,
    redundantIngest,
  }));
  assert.deepEqual(await plane.call('ListIngestConfigurations'), { ingestConfigurations: summaries });
});

test('ListIngestConfigurations filters by stage or by state, not by both', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const stage = await createStage(plane);
  const attached = await createIngestConfiguration(plane, { stageArn: stage.arn });
  const active = await createIngestConfiguration(plane);
  await setState(plane, active.arn, 'ACTIVE');
  const arns = async (filter: object) =>
    (await call('ListIngestConfigurations', filter)).ingestConfigurations.map(({ arn }: Body) => arn);

  assert.deepEqual(await arns({ filterByStageArn: stage.arn }), [attached.arn]);
  assert.deepEqual(await arns({ filterByState: 'ACTIVE' }), [active.arn]);
  assert.deepEqual(await arns({ filterByState: 'INACTIVE' }), [attached.arn]);
  assert.deepEqual(await arns({}), [active.arn, attached.arn]);
  assert.deepEqual(await arns({ filterByStageArn: unknownStage }), []);
  const foreign = stage.arn.replace('us-west-2', 'eu-west-1');
  assert.deepEqual(await arns({ filterByStageArn: foreign }), []);
  await assert.rejects(arns({ filterByStageArn: stage.arn, filterByState: 'ACTIVE' }), invalid);
  await assert.rejects(arns({ filterByState: 'BUSY' }), invalid);
  await assert.rejects(arns({ filterByStageArn: '' }), invalid);
});

test('ingest configurations are paged while others come and go, each filter on its own', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const { arn: filterByStageArn } = await createStage(plane);
  const arns: Record<string, string> = {};
  const create = async (name: string) => {
    const { arn } = await createIngestConfiguration(plane, { name, stageArn: filterByStageArn });
    arns[name] = arn;
    await createIngestConfiguration(plane, { name: `${name}-unattached` });
  };
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  const page = { filterByStageArn, maxResults: 2 };
  const first = await call('ListIngestConfigurations', page);
  await create('f');
  for (const name of ['d', 'b']) await call('DeleteIngestConfiguration', { arn: arns[name] });
  const { nextToken } = first;
  const second = await call('ListIngestConfigurations', { ...page, nextToken });
  const names = [first, second].map(({ ingestConfigurations }) => ingestConfigurations.map(({ name }: Body) => name));
  assert.deepEqual(names, [
    ['e', 'd'],
    ['c', 'a'],
  ]);
  assert.equal('nextToken' in second, false);
  for (const other of [{}, { filterByState: 'INACTIVE' }, { filterByStageArn: unknownStage }]) {
    await assert.rejects(call('ListIngestConfigurations', { ...other, nextToken }), invalid);
  }
});

test('a page holds 50 ingest configurations unless asked otherwise', async (t) => {
  const plane = await openControlPlane(t);
  await Promise.all(Array.from({ length: 51 }, () => createIngestConfiguration(plane)));
  const { ingestConfigurations, nextToken } = await plane.call('ListIngestConfigurations');
  assert.equal(ingestConfigurations.length, 50);
  const last = await plane.call('ListIngestConfigurations', { nextToken });
  assert.equal(last.ingestConfigurations.length, 1);
});

test('DeleteIngestConfiguration removes an inactive one', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const { arn } = await createIngestConfiguration(plane);
  assert.deepEqual((await call('DeleteIngestConfiguration', { arn })) ?? {}, {});
  await assert.rejects(call('DeleteIngestConfiguration', { arn }), notFound);
  await assert.rejects(call('GetIngestConfiguration', { arn }), notFound);
  assert.deepEqual(await call('ListIngestConfigurations'), { ingestConfigurations: [] });
});

test('DeleteIngestConfiguration of an active one needs force, and cuts its stream when it is gone', async (t) => {
  const plane = await openControlPlane(t);
  const { call, ingestStreams } = plane;
  const { arn } = await createIngestConfiguration(plane);
  await setState(plane, arn, 'ACTIVE');
  await assert.rejects(call('DeleteIngestConfiguration', { arn }), inUse);
  await assert.rejects(call('DeleteIngestConfiguration', { arn, force: false }), inUse);
  assert.deepEqual(ingestStreams.disconnected, []);
  assert.equal((await getIngestConfiguration(plane, arn)).state, 'ACTIVE');

  ingestStreams.look = () => assert.rejects(call('GetIngestConfiguration', { arn }), notFound);
  await call('DeleteIngestConfiguration', { arn, force: true });
  assert.deepEqual(ingestStreams.disconnected, [{ ...scope, ingestConfigurationId: idOf(arn) }]);
});

test('there can be as many ingest configurations as the quota says', async (t) => {
  const plane = await openControlPlane(t, { ingestConfigurations: 2 });
  const { call } = plane;
  const [first] = [await createIngestConfiguration(plane), await createIngestConfiguration(plane)];
  await assert.rejects(createIngestConfiguration(plane), {
    name: 'ServiceQuotaExceededException',
    status: 402,
    message: 'There can be at most 2 ingest configurations',
  });
  // What is wrong with the request comes before the quota.
  await assert.rejects(createIngestConfiguration(plane, { stageArn: unknownStage }), invalid);
  for (const other of elsewhere) await call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS' }, other);
  await call('DeleteIngestConfiguration', { arn: first.arn });
  await createIngestConfiguration(plane);
});

test('ingest configurations of another account or region are not there', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const { arn } = await createIngestConfiguration(plane);
  for (const other of elsewhere) {
    await assert.rejects(call('GetIngestConfiguration', { arn }, other), notFound);
    await assert.rejects(call('UpdateIngestConfiguration', { arn, stageArn: '' }, other), notFound);
    await assert.rejects(call('DeleteIngestConfiguration', { arn, force: true }, other), notFound);
    assert.deepEqual(await call('ListIngestConfigurations', {}, other), { ingestConfigurations: [] });
  }
  await assert.rejects(call('GetIngestConfiguration', { arn: unknown }), notFound);
  await call('GetIngestConfiguration', { arn });
});
