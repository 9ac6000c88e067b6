import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Sfu } from '@proscenium/media';
import { type Body, scope } from '../control-plane.fixture.ts';
import { startSfu } from '../participants/registry.fixture.ts';
import { findRunningSession } from '../participants/stage-session-table.ts';
import { HandEncoder } from './hand-encoder.fixture.ts';
import { getIngestConfiguration, idOf } from './ingest-configurations.fixture.ts';
import { openIngest as open } from './running-ingest.fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

let sfu: Sfu;
before(async () => {
  sfu = await startSfu();
});
after(() => sfu?.close());

const openIngest = (t: TestContext, quotas?: Parameters<typeof open>[2]) => open(t, sfu, quotas);

test('an encoder with a good key is a participant of the stage, as its configuration has it', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure({ userId: 'camera', attributes: { role: 'programme' } });
  await ingest.publish(made);
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
  const { participantId, arn } = made;
  const record = await ingest.participant(participantId);
  const { userId, attributes, state, published, protocol, ingestConfigurationArn, redundantIngest } = record ?? {};
  assert.deepEqual(
    { userId, attributes, state, published, protocol, ingestConfigurationArn, redundantIngest },
    {
      userId: 'camera',
      attributes: { role: 'programme' },
      state: 'CONNECTED',
      published: true,
      protocol: 'RTMPS',
      ingestConfigurationArn: arn,
      redundantIngest: false,
    },
  );
  assert.deepEqual(ingest.registry.publishers(ingest.stage), [participantId]);
  assert.deepEqual(await ingest.eventsOf(participantId), ['JOINED', 'PUBLISH_STARTED']);
  assert.deepEqual(
    ingest.events.map(({ detail }) => [detail.event_name, detail.participant_id, detail.user_id]),
    [['Participant Published', participantId, 'camera']],
  );
});

test('an encoder that stops leaves, its configuration is inactive, and it may come again as the same', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  encoder.end('hangup');
  await ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(made.arn) });
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
  const once = ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'];
  assert.deepEqual(await ingest.eventsOf(made.participantId), once);
  await ingest.publish(made);
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
  assert.deepEqual(await ingest.eventsOf(made.participantId), [...once, 'JOINED', 'PUBLISH_STARTED']);
});

test('the end of a stream that cannot be written down is tried again until it is', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  const { mock } = t.mock.method(ingest.registry, 'write', () => Promise.reject(new Error('the disk is full')));
  encoder.end('hangup');
  await ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(made.arn) });
  ingest.clock.advance(10_000);
  await setImmediate(); // it has failed again
  mock.restore();
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
  ingest.clock.advance(10_000);
  await ingest.registry.write(ingest.stage, async () => {}); // comes after it
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
});

test('a stream whose configuration was not freed by the one before it stays', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const first = await ingest.publish(made);
  const { mock } = t.mock.method(ingest.registry, 'write', () => Promise.reject(new Error('the disk is full')));
  first.end('lost');
  await ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(made.arn) });
  mock.restore();
  await ingest.publish(made);
  ingest.clock.advance(10_000);
  await ingest.registry.write(ingest.stage, async () => {});
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
});

test('an encoder is back at once, however late its earlier end is written down', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  for (let turn = 0; turn < 3; turn += 1) (await ingest.publish(made)).end('lost');
  await ingest.publish(made);
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
});

test('keys that are none are refused, and one that names a configuration is told among the events', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const flipped = `${made.streamKey.slice(0, -1)}${made.streamKey.endsWith('x') ? 'y' : 'x'}`;
  for (const wrong of ['', 'live', flipped, `rt_${scope.account}_${scope.region}_nowhere_secret`, 'a'.repeat(10_000)]) {
    assert.equal(await ingest.refused(wrong), 'The stream key is not known');
  }
  // Of a stage without a session nothing is told, for a wrong key begins none.
  assert.equal(await findRunningSession(ingest.store.db, ingest.stage), undefined);
  await ingest.publish(made);
  await ingest.refused(flipped);
  assert.deepEqual(await ingest.eventsOf(made.participantId), [
    'JOINED',
    'PUBLISH_STARTED',
    'PUBLISH_ERROR INVALID_STREAM_KEY',
  ]);
});

test('a key whose configuration is attached to no stage is refused', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure({ stageArn: '' });
  assert.equal(await ingest.refused(made.streamKey), 'The stream key is attached to no stage');
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
});

test('plain RTMP needs a configuration that admits it, and what is refused is told', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  assert.equal(await ingest.refused(made.streamKey, 'RTMP'), 'The stream key is good over RTMPS alone');
  assert.deepEqual(await ingest.eventsOf(made.participantId), ['JOINED', 'PUBLISH_ERROR INVALID_PROTOCOL', 'LEFT']);
  assert.deepEqual(
    ingest.events.map(({ detail }) => [detail.event_name, detail.participant_id, detail.error_code]),
    [['Participant Publish Error', made.participantId, 'INVALID_PROTOCOL']],
  );
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
  const insecure = await ingest.configure({ ingestProtocol: 'RTMP', insecureIngest: true });
  assert.equal(await ingest.service.admit(new HandEncoder(insecure.streamKey, 'RTMP')), undefined);
  const either = await ingest.configure({ insecureIngest: true });
  assert.equal(await ingest.service.admit(new HandEncoder(either.streamKey, 'RTMP')), undefined);
});

test('a key that is in use is refused, unless its stream has fallen silent', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const first = await ingest.publish(made);
  first.silentMs = 2_999;
  assert.equal(await ingest.refused(made.streamKey), 'The stream key is in use by another stream');
  assert.equal(first.ended, false);
  first.silentMs = 3_000;
  const second = await ingest.publish(made);
  assert.deepEqual([first.ended, second.ended], [true, false]);
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
  assert.deepEqual(await ingest.eventsOf(made.participantId), [
    'JOINED',
    'PUBLISH_STARTED',
    'PUBLISH_ERROR REUSE_OF_STREAM_KEY',
    'PUBLISH_STOPPED',
    'LEFT',
    'JOINED',
    'PUBLISH_STARTED',
  ]);
});

test('of two encoders that come with one key at the same time one is let in', async (t) => {
  const ingest = await openIngest(t);
  const { streamKey } = await ingest.configure();
  const encoders = [new HandEncoder(streamKey), new HandEncoder(streamKey)];
  const refusals = await Promise.all(encoders.map((encoder) => ingest.service.admit(encoder)));
  assert.deepEqual(refusals, [
    undefined,
    { code: 'NetStream.Publish.BadName', description: 'The stream key is in use by another stream' },
  ]);
});

test('an encoder that goes away while it is let in leaves its key free', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const gone = new HandEncoder(made.streamKey);
  const refusals = [ingest.service.admit(gone), ingest.service.admit(new HandEncoder(made.streamKey))];
  gone.end('hangup');
  const [first, second] = await Promise.all(refusals);
  assert.ok(first);
  assert.equal(second, undefined);
  assert.equal(await ingest.stateOf(made), 'ACTIVE');
});

test('the thirteenth publisher is refused', async (t) => {
  const ingest = await openIngest(t, { publishersPerStage: 1 });
  await ingest.publish(await ingest.configure());
  const other = await ingest.configure();
  assert.equal(await ingest.refused(other.streamKey), 'There are 1 publishers in the stage already');
  assert.deepEqual(await ingest.eventsOf(other.participantId), ['JOINED', 'PUBLISH_ERROR QUOTA_EXCEEDED', 'LEFT']);
  assert.equal(await ingest.stateOf(other), 'INACTIVE');
});

test('a stage that is full of participants lets no encoder join', async (t) => {
  const ingest = await openIngest(t, { publishersPerStage: 1, subscribersPerStage: 0 });
  await ingest.publish(await ingest.configure());
  const other = await ingest.configure();
  assert.equal(await ingest.refused(other.streamKey), 'There are 1 participants in the stage already');
  assert.deepEqual(await ingest.eventsOf(other.participantId), ['JOIN_ERROR QUOTA_EXCEEDED']);
});

test('a stream ends after 24 hours', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  ingest.clock.advance(DAY_MS - 1);
  assert.equal(encoder.ended, false);
  ingest.clock.advance(1);
  assert.deepEqual([encoder.ended, encoder.told], [true, 'STREAM_DURATION_EXCEEDED']);
  assert.deepEqual((await ingest.eventsOf(made.participantId)).slice(2), [
    'PUBLISH_ERROR STREAM_DURATION_EXCEEDED',
    'PUBLISH_STOPPED',
    'LEFT',
  ]);
});

test('a stream that can never be shown is cut, and the events tell why', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  encoder.emit('violation', 'INVALID_INPUT');
  assert.equal(encoder.ended, true);
  assert.deepEqual((await ingest.eventsOf(made.participantId)).slice(2), [
    'PUBLISH_ERROR INVALID_INPUT',
    'PUBLISH_STOPPED',
    'LEFT',
  ]);
  assert.deepEqual(
    ingest.events.map(({ detail }) => [detail.event_name, detail.error_code]),
    [
      ['Participant Published', undefined],
      ['Participant Publish Error', 'INVALID_INPUT'],
      ['Participant Unpublished', undefined],
    ],
  );
});

test('DisconnectParticipant cuts the stream and detaches the configuration; attached again, it may come back', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const { arn, participantId, streamKey } = made;
  const encoder = await ingest.publish(made);
  await ingest.call('DisconnectParticipant', { stageArn: ingest.stageArn, participantId });
  assert.equal(encoder.ended, true);
  const { state, stageArn } = await getIngestConfiguration(ingest, arn);
  assert.deepEqual({ state, stageArn }, { state: 'INACTIVE', stageArn: '' });
  assert.equal(await ingest.refused(streamKey), 'The stream key is attached to no stage');
  await ingest.call('UpdateIngestConfiguration', { arn, stageArn: ingest.stageArn });
  await ingest.publish(made);
});

test('DeleteStage cuts the stream and detaches the configuration', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  await ingest.call('DeleteStage', { arn: ingest.stageArn });
  assert.equal(encoder.ended, true);
  const { state, stageArn } = await getIngestConfiguration(ingest, made.arn);
  assert.deepEqual({ state, stageArn }, { state: 'INACTIVE', stageArn: '' });
});

test('a configuration in use is deleted by force alone, which cuts its stream', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  await assert.rejects(ingest.call('DeleteIngestConfiguration', { arn: made.arn }), { name: 'ConflictException' });
  assert.equal(encoder.ended, false);
  await ingest.call('DeleteIngestConfiguration', { arn: made.arn, force: true });
  assert.equal(encoder.ended, true);
  assert.equal(await ingest.refused(made.streamKey), 'The stream key is not known');
});

test('a configuration moves to another stage between two streams, with its key and its participant id', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const { arn, participantId } = made;
  const { stage } = await ingest.call('CreateStage');
  const other = { ...scope, stageId: idOf(stage.arn) };
  const encoder = await ingest.publish(made);
  await assert.rejects(ingest.call('UpdateIngestConfiguration', { arn, stageArn: stage.arn }), {
    name: 'ConflictException',
  });
  encoder.end('hangup');
  await ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(arn) });
  await ingest.call('UpdateIngestConfiguration', { arn, stageArn: stage.arn });
  await ingest.publish(made);
  assert.deepEqual(ingest.registry.publishers(other), [participantId]);
  assert.deepEqual(await ingest.eventsOf(participantId, other), ['JOINED', 'PUBLISH_STARTED']);
});

test('what changes while an encoder is let in counts', async (t) => {
  const ingest = await openIngest(t);
  const { stage } = await ingest.call('CreateStage');
  const changes: [string, (made: Body) => Promise<unknown>][] = [
    ['moved', ({ arn }) => ingest.call('UpdateIngestConfiguration', { arn, stageArn: stage.arn })],
    ['detached', ({ arn }) => ingest.call('UpdateIngestConfiguration', { arn, stageArn: '' })],
    ['deleted', ({ arn }) => ingest.call('DeleteIngestConfiguration', { arn })],
    [
      'thrown out',
      ({ participantId }) => ingest.call('DisconnectParticipant', { stageArn: ingest.stageArn, participantId }),
    ],
  ];
  for (const [what, change] of changes) {
    const made = await ingest.configure();
    const encoder = new HandEncoder(made.streamKey);
    const [refusal] = await Promise.all([ingest.service.admit(encoder), change(made)]);
    assert.ok(refusal, what);
    assert.equal(registryHas(ingest, made.participantId), false, what);
    await ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(made.arn) });
    if (what !== 'deleted') assert.equal(await ingest.stateOf(made), 'INACTIVE', what);
  }
});

function registryHas({ registry, stage }: Awaited<ReturnType<typeof openIngest>>, participantId: string): boolean {
  return [...registry.stage(stage).participants].some(({ id }) => id === participantId);
}

test('a service that closes ends its streams, writes that down and lets nobody in', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  const encoder = await ingest.publish(made);
  await ingest.service.close();
  assert.equal(encoder.ended, true);
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
  assert.equal(await ingest.refused(made.streamKey), 'The server is going away');
});

test('a stage that takes nobody in refuses encoders too', async (t) => {
  const ingest = await openIngest(t);
  const made = await ingest.configure();
  void ingest.registry.drain();
  assert.equal(await ingest.refused(made.streamKey), 'The server is going away');
  assert.equal(await ingest.stateOf(made), 'INACTIVE');
});
