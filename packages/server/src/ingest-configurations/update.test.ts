import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { isDisconnected } from '../participants/disconnected-participants.ts';
import {
  createIngestConfiguration,
  createStage,
  getIngestConfiguration,
  setState,
} from './ingest-configurations.fixture.ts';

const unknown = 'arn:aws:ivs:us-west-2:123456789012:ingest-configuration/nowhere';
const unknownStage = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';
const noStage = { name: 'ResourceNotFoundException', message: 'Stage not found' };

test('UpdateIngestConfiguration attaches, moves and detaches; key and participant stay', async (t) => {
  const plane = await openControlPlane(t);
  const [one, two] = [await createStage(plane), await createStage(plane)];
  const made = await createIngestConfiguration(plane, { name: 'studio', userId: 'cam', tags: { team: 'red' } });
  const { arn } = made;
  for (const stageArn of [one.arn, two.arn, two.arn, '']) {
    const { ingestConfiguration } = await plane.call('UpdateIngestConfiguration', { arn, stageArn });
    assert.deepEqual(ingestConfiguration, { ...made, stageArn });
    assert.deepEqual(await getIngestConfiguration(plane, arn), { ...made, stageArn });
  }
});

test('UpdateIngestConfiguration keeps what is left out', async (t) => {
  const plane = await openControlPlane(t);
  const { arn: stageArn } = await createStage(plane);
  const made = await createIngestConfiguration(plane, { stageArn, redundantIngest: true, attributes: { a: 'b' } });
  const { arn } = made;
  for (const change of [{}, { redundantIngest: true }, { stageArn }, { stageArn: null, redundantIngest: null }]) {
    const { ingestConfiguration } = await plane.call('UpdateIngestConfiguration', { arn, ...change });
    assert.deepEqual(ingestConfiguration, made);
  }
});

test('UpdateIngestConfiguration turns redundant ingest on and off', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const made = await createIngestConfiguration(plane);
  const { arn, participantId, streamKey } = made;
  const turn = async (redundantIngest: boolean) =>
    (await call('UpdateIngestConfiguration', { arn, redundantIngest })).ingestConfiguration;

  const on = await turn(true);
  const { redundantIngestCredentials: credentials, ...rest } = on;
  assert.deepEqual(rest, { ...made, redundantIngest: true });
  assert.equal(credentials[0].streamKey, streamKey);
  assert.equal(new Set([participantId, credentials[0].participantId, credentials[1].participantId]).size, 3);
  assert.deepEqual(await getIngestConfiguration(plane, arn), on);
  assert.deepEqual(await turn(false), made);
  assert.deepEqual(await turn(false), made);
  assert.deepEqual(await getIngestConfiguration(plane, arn), made);
  // A second key that was given up never works again.
  const again = await turn(true);
  assert.notEqual(again.redundantIngestCredentials[1].streamKey, credentials[1].streamKey);
});

test('UpdateIngestConfiguration does not find what is not there or is elsewhere', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const made = await createIngestConfiguration(plane);
  const { arn } = made;
  await assert.rejects(call('UpdateIngestConfiguration', { arn: unknown, stageArn: unknownStage }), {
    name: 'ResourceNotFoundException',
    message: 'Ingest configuration not found',
  });
  await assert.rejects(
    call('UpdateIngestConfiguration', { arn, stageArn: unknownStage, redundantIngest: true }),
    noStage,
  );
  for (const other of elsewhere) {
    const { stage } = await call('CreateStage', {}, other);
    await assert.rejects(call('UpdateIngestConfiguration', { arn, stageArn: stage.arn }), noStage);
  }
  await assert.rejects(call('UpdateIngestConfiguration', { arn, stageArn: 'no-arn' }), { name: 'ValidationException' });
  assert.deepEqual(await getIngestConfiguration(plane, arn), made);
});

test('UpdateIngestConfiguration refuses a configuration in use, whatever the change', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const { arn: stageArn } = await createStage(plane);
  const { arn } = await createIngestConfiguration(plane);
  await setState(plane, arn, 'ACTIVE');
  for (const change of [{ stageArn }, { stageArn: '' }, { redundantIngest: true }, {}]) {
    await assert.rejects(call('UpdateIngestConfiguration', { arn, ...change }), {
      name: 'ConflictException',
      status: 409,
      message: 'The ingest configuration is in use by a stream',
    });
  }
  // What is not found comes before the state.
  await assert.rejects(call('UpdateIngestConfiguration', { arn, stageArn: unknownStage }), noStage);
  await setState(plane, arn, 'INACTIVE');
  const { ingestConfiguration } = await call('UpdateIngestConfiguration', { arn, stageArn });
  assert.equal(ingestConfiguration.stageArn, stageArn);
});

test('a configuration that is attached again may come back to a stage that has thrown it out', async (t) => {
  const plane = await openControlPlane(t);
  const { call, store } = plane;
  const { arn: stageArn, stageId } = await createStage(plane);
  const made = await createIngestConfiguration(plane, { stageArn, redundantIngest: true });
  const { arn, participantId, redundantIngestCredentials: credentials } = made;
  const ids = [participantId, credentials[0].participantId, credentials[1].participantId];
  const barred = () => Promise.all([...ids, 'p-1'].map((id) => isDisconnected(store.db, { ...scope, stageId }, id)));
  for (const id of [...ids, 'p-1']) await call('DisconnectParticipant', { stageArn, participantId: id });
  assert.deepEqual(await barred(), [true, true, true, true]);
  await call('UpdateIngestConfiguration', { arn, redundantIngest: true });
  assert.deepEqual(await barred(), [true, true, true, true]);
  await call('UpdateIngestConfiguration', { arn, stageArn });
  assert.deepEqual(await barred(), [false, false, false, true]);
});

test('the end of a stage and an attachment to it never cross', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const { arn: stageArn } = await createStage(plane);
  const { arn } = await createIngestConfiguration(plane);
  const input = { ingestProtocol: 'RTMPS', stageArn };
  const outcomes = await Promise.allSettled([
    call('UpdateIngestConfiguration', { arn, stageArn }),
    call('DeleteStage', { arn: stageArn }),
    call('UpdateIngestConfiguration', { arn, stageArn }),
    call('CreateIngestConfiguration', input),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  assert.equal((await getIngestConfiguration(plane, arn)).stageArn, '');
});
