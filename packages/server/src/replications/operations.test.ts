import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, scope } from '../control-plane.fixture.ts';
import { saveParticipant } from '../participants/history.ts';
import { participantRecord } from '../participants/participant-record.fixture.ts';
import { findRunningSession } from '../participants/stage-session-table.ts';
import { openDuel } from './duel.fixture.ts';
import { endReplication, insertReplication } from './replication-table.ts';

const elsewhere = [
  { ...scope, region: 'eu-west-1' },
  { ...scope, account: '210987654321' },
];
const unknownStage = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';
const invalid = { name: 'ValidationException', status: 400 };
const notFound = { name: 'ResourceNotFoundException', status: 404 };
const conflict = { name: 'ConflictException', status: 409 };
const overQuota = { name: 'ServiceQuotaExceededException', status: 402 };

test('a publisher is copied into another stage, and taken out again', async (t) => {
  const { call, replication, replicas, replicationMedia, source, destination } = await openDuel(t);
  const attributes = { role: 'rival' };
  const request = { ...replication, attributes, reconnectWindowSeconds: 300 };
  assert.equal(await call('StartParticipantReplication', request), undefined);
  const [replica, ...others] = replicationMedia.replicas;
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...replica?.order, attributes: { ...replica?.order.attributes } },
    {
      source: source.ref,
      destination: destination.ref,
      participantId: 'host',
      reconnectWindowSeconds: 300,
      attributes,
    },
  );
  const active = {
    sourceStageArn: source.arn,
    participantId: 'host',
    sourceSessionId: source.sessionId,
    destinationStageArn: destination.arn,
    destinationSessionId: replica?.sessionId,
    replicationState: 'ACTIVE',
  };
  assert.deepEqual(await replicas(), [active]);

  assert.equal(await call('StopParticipantReplication', replication), undefined);
  assert.deepEqual(replicationMedia.replicas, []);
  assert.deepEqual(await replicas(), [{ ...active, replicationState: 'STOPPED' }]);
  await assert.rejects(call('StopParticipantReplication', replication), notFound);
});

test('members left out are no window and no attributes', async (t) => {
  const { call, replication, replicationMedia } = await openDuel(t);
  await call('StartParticipantReplication', replication);
  const order = replicationMedia.replicas[0]?.order;
  assert.deepEqual([order?.reconnectWindowSeconds, { ...order?.attributes }], [0, {}]);
});

test('a publisher is a source while it is replicated, and nothing else before and after', async (t) => {
  const { call, replication, source, addPublisher, addStage } = await openDuel(t);
  await addPublisher(source, 'guest');
  const where = { stageArn: source.arn, sessionId: source.sessionId };
  const shown = async () => {
    const { participant } = await call('GetParticipant', { ...where, participantId: 'host' });
    const { participants } = await call('ListParticipants', where);
    const pick = ({ participantId, replicationType, replicationState }: Body) =>
      `${participantId} ${replicationType} ${replicationState}`;
    return [pick(participant), ...participants.map(pick)];
  };
  const plain = ['host NONE undefined', 'guest NONE undefined', 'host NONE undefined'];
  assert.deepEqual(await shown(), plain);
  const second = { ...replication, destinationStageArn: (await addStage()).arn };
  await call('StartParticipantReplication', replication);
  await call('StartParticipantReplication', second);
  const replicated = ['host SOURCE ACTIVE', 'guest NONE undefined', 'host SOURCE ACTIVE'];
  assert.deepEqual(await shown(), replicated);
  await call('StopParticipantReplication', replication);
  assert.deepEqual(await shown(), replicated);
  await call('StopParticipantReplication', second);
  assert.deepEqual(await shown(), plain);
});

test('a duel is two replications', async (t) => {
  const { call, replication, source, destination, addPublisher, replicationMedia } = await openDuel(t);
  await addPublisher(destination, 'rival');
  const back = { sourceStageArn: destination.arn, destinationStageArn: source.arn, participantId: 'rival' };
  await call('StartParticipantReplication', replication);
  await call('StartParticipantReplication', back);
  assert.equal(replicationMedia.replicas.length, 2);
  await call('StopParticipantReplication', replication);
  assert.deepEqual(
    replicationMedia.replicas.map(({ order }) => order.participantId),
    ['rival'],
  );
});

test('the members of a replication are checked, alone and together', async (t) => {
  const { call, replication, replicationMedia } = await openDuel(t);
  const sourceStageArn = replication.sourceStageArn;
  const wrong = [
    { sourceStageArn: undefined },
    { destinationStageArn: undefined },
    { participantId: undefined },
    { participantId: 'a b' },
    { participantId: 'x'.repeat(65) },
    { reconnectWindowSeconds: -1 },
    { reconnectWindowSeconds: 301 },
    { attributes: { a: 'x'.repeat(1_024) } },
    { destinationStageArn: sourceStageArn },
    { destinationStageArn: replication.destinationStageArn.replace('us-west-2', 'eu-west-1') },
    { destinationStageArn: replication.destinationStageArn.replace('123456789012', '210987654321') },
  ];
  for (const members of wrong) {
    await assert.rejects(call('StartParticipantReplication', { ...replication, ...members }), invalid);
  }
  assert.equal(replicationMedia.starts, 0);
});

test('what a replication names must be there', async (t) => {
  const { call, replication, replicationMedia, addStage } = await openDuel(t);
  const empty = await call('CreateStage');
  const missing = [
    [{ sourceStageArn: unknownStage }, 'Source stage not found'],
    [{ destinationStageArn: unknownStage }, 'Destination stage not found'],
    [{ participantId: 'nobody' }, 'Participant not found'],
    [{ participantId: '' }, 'Participant not found'],
    [{ sourceStageArn: empty.stage.arn }, 'Participant not found'],
    [{ sourceStageArn: (await addStage()).arn }, 'Participant not found'],
  ] as const;
  for (const [members, message] of missing) {
    const request = { ...replication, ...members };
    await assert.rejects(call('StartParticipantReplication', request), { ...notFound, message });
    await assert.rejects(call('StopParticipantReplication', request), notFound);
  }
  for (const other of elsewhere) {
    await assert.rejects(call('StartParticipantReplication', replication, other), notFound);
  }
  assert.equal(replicationMedia.starts, 0);
});

test('who does not publish cannot be replicated', async (t) => {
  const { call, replication, live, source } = await openDuel(t);
  live.unpublish(source.ref, 'host');
  const message = 'The participant is not publishing';
  await assert.rejects(call('StartParticipantReplication', replication), { ...invalid, message });
});

test('a replica cannot be replicated', async (t) => {
  const { call, replication, live, store, destination, addStage } = await openDuel(t);
  await call('StartParticipantReplication', replication);
  const record = participantRecord({ participantId: 'host', replicationType: 'REPLICA', replicationState: 'ACTIVE' });
  await store.write((trx) => saveParticipant(trx, destination.ref, destination.sessionId, record));
  live.publish(destination.ref, 'host');
  const onwards = {
    sourceStageArn: destination.arn,
    destinationStageArn: (await addStage()).arn,
    participantId: 'host',
  };
  await assert.rejects(call('StartParticipantReplication', onwards), { ...invalid, message: /replica/ });
});

test('a stage has one participant of an id', async (t) => {
  const { call, replication, source, destination, addStage, addPublisher } = await openDuel(t);
  const message = 'The participant is being replicated to the destination stage already';
  await call('StartParticipantReplication', replication);
  await assert.rejects(call('StartParticipantReplication', replication), { ...conflict, message });
  // Customers choose the ids of the tokens that they sign: the same may come up in several stages.
  const third = await addStage();
  await addPublisher(third, 'host');
  const fromThird = { ...replication, sourceStageArn: third.arn };
  await assert.rejects(call('StartParticipantReplication', fromThird), conflict);
  const toThird = { ...replication, destinationStageArn: third.arn };
  await assert.rejects(call('StartParticipantReplication', toThird), conflict);
  await assert.rejects(call('StopParticipantReplication', fromThird), notFound);

  await call('StopParticipantReplication', replication);
  await call('StartParticipantReplication', fromThird);
  const back = { sourceStageArn: destination.arn, destinationStageArn: source.arn, participantId: 'host' };
  await assert.rejects(call('StopParticipantReplication', back), notFound);
});

test('a participant can be in as many stages as the quota says', async (t) => {
  const { call, replication, addStage, addPublisher, source, replicationMedia } = await openDuel(t, {
    replicationsPerParticipant: 2,
  });
  await addPublisher(source, 'guest');
  const third = { ...replication, destinationStageArn: (await addStage()).arn };
  const fourth = { ...replication, destinationStageArn: (await addStage()).arn };
  await call('StartParticipantReplication', replication);
  await call('StartParticipantReplication', third);
  await assert.rejects(call('StartParticipantReplication', fourth), overQuota);
  await call('StartParticipantReplication', { ...fourth, participantId: 'guest' });
  await call('StopParticipantReplication', third);
  await call('StartParticipantReplication', fourth);
  assert.equal(replicationMedia.replicas.length, 3);
});

test('replicas count as publishers of the stage that they are in', async (t) => {
  const { call, replication, source, destination, addPublisher } = await openDuel(t, { publishersPerStage: 2 });
  await addPublisher(source, 'guest');
  await addPublisher(destination, 'rival');
  await call('StartParticipantReplication', replication);
  const another = { ...replication, participantId: 'guest' };
  await assert.rejects(call('StartParticipantReplication', another), overQuota);
  await call('StopParticipantReplication', replication);
  await call('StartParticipantReplication', another);
});

test('the checks come in order: members, what there is, state, quota', async (t) => {
  const { call, replication, addStage } = await openDuel(t, { replicationsPerParticipant: 1 });
  await call('StartParticipantReplication', replication);
  await assert.rejects(call('StartParticipantReplication', replication), conflict);
  const free = { ...replication, destinationStageArn: (await addStage()).arn };
  await assert.rejects(call('StartParticipantReplication', free), overQuota);
  await assert.rejects(call('StartParticipantReplication', { ...free, participantId: 'nobody' }), notFound);
  const tooLong = { attributes: { a: 'x'.repeat(1_024) }, participantId: 'nobody' };
  await assert.rejects(call('StartParticipantReplication', { ...free, ...tooLong }), invalid);
});

test('replicas are listed newest first and paged, whatever comes and goes meanwhile', async (t) => {
  const { call, replication } = await openDuel(t);
  const { sourceStageArn, participantId } = replication;
  const list = (members: object) => call('ListParticipantReplicas', { sourceStageArn, participantId, ...members });
  for (let count = 0; count < 3; count += 1) {
    await call('StartParticipantReplication', replication);
    await call('StopParticipantReplication', replication);
  }
  await call('StartParticipantReplication', replication);
  const first = await list({ maxResults: 2 });
  assert.deepEqual(
    first.replicas.map(({ replicationState }: Body) => replicationState),
    ['ACTIVE', 'STOPPED'],
  );
  await call('StopParticipantReplication', replication);
  await call('StartParticipantReplication', replication);
  const second = await list({ maxResults: 50, nextToken: first.nextToken });
  assert.equal(second.replicas.length, 2);
  assert.equal('nextToken' in second, false);
  assert.equal((await list({})).replicas.length, 5);
  for (const maxResults of [0, 51]) await assert.rejects(list({ maxResults }), invalid);
});

test('a page of replicas holds fifty', async (t) => {
  const { store, clock, source, destination, replicas } = await openDuel(t);
  const order = {
    source: source.ref,
    destination: destination.ref,
    participantId: 'host',
    reconnectWindowSeconds: 0,
    attributes: {},
  };
  const session = await findRunningSession(store.db, source.ref);
  assert.ok(session);
  await store.write(async (trx) => {
    const start = { destinationSessionId: destination.sessionId, startTime: clock.now() };
    for (let count = 0; count < 51; count += 1) {
      const { seq } = await insertReplication(trx, order, session, start);
      await endReplication(trx, seq, clock.now());
    }
  });
  assert.equal((await replicas()).length, 50);
});

test('a replica is told to be active as long as it is, be it that its publisher is waited for', async (t) => {
  const { call, store, source, destination, clock } = await openDuel(t);
  const order = {
    source: source.ref,
    destination: destination.ref,
    participantId: 'host',
    reconnectWindowSeconds: 60,
    attributes: {},
  };
  const session = await findRunningSession(store.db, source.ref);
  assert.ok(session);
  const seq = await store.write(async (trx) => {
    const { arn: sourceStageArn, sessionId: sourceSessionId } = source;
    const record = { participantId: 'host', replicationType: 'REPLICA', sourceStageArn, sourceSessionId } as const;
    const left = participantRecord({ ...record, state: 'DISCONNECTED' });
    await saveParticipant(trx, destination.ref, destination.sessionId, left);
    const start = { destinationSessionId: destination.sessionId, startTime: clock.now() };
    return (await insertReplication(trx, order, session, start)).seq;
  });
  const { arn: stageArn, sessionId } = destination;
  async function states(): Promise<unknown[]> {
    const { participant } = await call('GetParticipant', { stageArn, sessionId, participantId: 'host' });
    const { participants } = await call('ListParticipants', { stageArn, sessionId });
    return [participant, ...participants].map((each: Body) => [each.replicationType, each.replicationState]);
  }
  assert.deepEqual(await states(), [
    ['REPLICA', 'ACTIVE'],
    ['REPLICA', 'ACTIVE'],
  ]);
  await store.write((trx) => endReplication(trx, seq, clock.now()));
  assert.deepEqual(await states(), [
    ['REPLICA', 'STOPPED'],
    ['REPLICA', 'STOPPED'],
  ]);
});

test('a page token of replicas is bound to its stage and participant', async (t) => {
  const { call, replication, destination } = await openDuel(t);
  const { sourceStageArn, participantId } = replication;
  for (let count = 0; count < 2; count += 1) {
    await call('StartParticipantReplication', replication);
    await call('StopParticipantReplication', replication);
  }
  const page = { sourceStageArn, participantId, maxResults: 1 };
  const { nextToken } = await call('ListParticipantReplicas', page);
  assert.equal((await call('ListParticipantReplicas', { ...page, nextToken })).replicas.length, 1);
  const others = [{ sourceStageArn: destination.arn }, { participantId: 'guest' }, { nextToken: 'made-up' }];
  for (const other of others) {
    await assert.rejects(call('ListParticipantReplicas', { ...page, nextToken, ...other }), invalid);
  }
});

test('replicas are found by their source alone, and nowhere else', async (t) => {
  const { call, replication, destination } = await openDuel(t);
  const { sourceStageArn, participantId } = replication;
  await call('StartParticipantReplication', replication);
  const list = (members: object, caller = scope) =>
    call('ListParticipantReplicas', { sourceStageArn, participantId, ...members }, caller);
  assert.deepEqual(await list({ sourceStageArn: destination.arn }), { replicas: [] });
  assert.deepEqual(await list({ participantId: 'nobody' }), { replicas: [] });
  await assert.rejects(list({ sourceStageArn: unknownStage }), { ...invalid, message: 'Stage not found' });
  for (const other of elsewhere) {
    await assert.rejects(list({}, other), { ...invalid, message: 'Stage not found' });
    await assert.rejects(call('StopParticipantReplication', replication, other), notFound);
  }
});

test('nobody stops a replication by naming the stages of others as their own', async (t) => {
  const { call, replication, replicas } = await openDuel(t);
  await call('StartParticipantReplication', replication);
  for (const other of elsewhere) {
    const own = (arn: string) => arn.replace(scope.region, other.region).replace(scope.account, other.account);
    const named = {
      ...replication,
      sourceStageArn: own(replication.sourceStageArn),
      destinationStageArn: own(replication.destinationStageArn),
    };
    await assert.rejects(call('StopParticipantReplication', named, other), notFound);
    await assert.rejects(call('StartParticipantReplication', named, other), notFound);
  }
  assert.equal((await replicas())[0]?.replicationState, 'ACTIVE');
});
