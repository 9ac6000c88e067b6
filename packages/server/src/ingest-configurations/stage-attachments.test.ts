import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import {
  createIngestConfiguration,
  createStage,
  getIngestConfiguration,
  idOf,
} from './ingest-configurations.fixture.ts';

const refOf = ({ arn }: { arn: string }) => ({ ...scope, ingestConfigurationId: idOf(arn) });

test('DeleteStage detaches every configuration of the stage and then cuts their streams', async (t) => {
  const plane = await openControlPlane(t);
  const { call, ingestStreams } = plane;
  const [stage, other] = [await createStage(plane), await createStage(plane)];
  const first = await createIngestConfiguration(plane, { stageArn: stage.arn });
  const elsewhere = await createIngestConfiguration(plane, { stageArn: other.arn });
  const second = await createIngestConfiguration(plane, { stageArn: stage.arn, redundantIngest: true });
  ingestStreams.look = async ({ ingestConfigurationId }) => {
    const { stageArn } = await getIngestConfiguration(plane, first.arn.replace(idOf(first.arn), ingestConfigurationId));
    assert.equal(stageArn, '');
  };
  await call('DeleteStage', { arn: stage.arn });
  assert.deepEqual(new Set(ingestStreams.disconnected), new Set([refOf(first), refOf(second)]));
  assert.deepEqual(await getIngestConfiguration(plane, first.arn), { ...first, stageArn: '' });
  assert.deepEqual(await getIngestConfiguration(plane, second.arn), { ...second, stageArn: '' });
  assert.deepEqual(await getIngestConfiguration(plane, elsewhere.arn), elsewhere);
});

test('DisconnectParticipant detaches the configuration of the participant and then cuts its stream', async (t) => {
  const plane = await openControlPlane(t);
  const { call, ingestStreams, live } = plane;
  const { arn: stageArn, stageId } = await createStage(plane);
  const thrownOut = await createIngestConfiguration(plane, { stageArn });
  const stays = await createIngestConfiguration(plane, { stageArn });
  const { arn, participantId } = thrownOut;
  ingestStreams.look = async () => assert.equal((await getIngestConfiguration(plane, arn)).stageArn, '');
  await call('DisconnectParticipant', { stageArn, participantId });
  assert.deepEqual(live.calls, [['disconnectParticipant', { ...scope, stageId }, participantId]]);
  assert.deepEqual(ingestStreams.disconnected, [refOf(thrownOut)]);
  assert.deepEqual(await getIngestConfiguration(plane, arn), { ...thrownOut, stageArn: '' });
  assert.deepEqual(await getIngestConfiguration(plane, stays.arn), stays);
});

test('of redundant ingest each of the three participants stands for the whole configuration', async (t) => {
  const plane = await openControlPlane(t);
  const { call, ingestStreams } = plane;
  const { arn: stageArn } = await createStage(plane);
  const made = await createIngestConfiguration(plane, { stageArn, redundantIngest: true });
  const [one, two] = made.redundantIngestCredentials;
  for (const { participantId } of [made, one, two]) {
    await call('UpdateIngestConfiguration', { arn: made.arn, stageArn });
    await call('DisconnectParticipant', { stageArn, participantId });
    assert.deepEqual(await getIngestConfiguration(plane, made.arn), { ...made, stageArn: '' });
    assert.deepEqual(ingestStreams.disconnected.splice(0), [refOf(made)]);
  }
});

test('DisconnectParticipant leaves a configuration alone that is attached to another stage, or to none', async (t) => {
  const plane = await openControlPlane(t);
  const { call, ingestStreams } = plane;
  const [stage, other] = [await createStage(plane), await createStage(plane)];
  const attached = await createIngestConfiguration(plane, { stageArn: other.arn });
  const unattached = await createIngestConfiguration(plane);
  for (const { participantId } of [attached, unattached, { participantId: 'p-1' }]) {
    await call('DisconnectParticipant', { stageArn: stage.arn, participantId });
  }
  assert.deepEqual(ingestStreams.disconnected, []);
  for (const made of [attached, unattached]) assert.deepEqual(await getIngestConfiguration(plane, made.arn), made);
});
