import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Body } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { closeSession, deleteHistoryBefore } from '../participants/history.ts';
import { until } from '../until.fixture.ts';
import { type Duel, openDuel } from './duel.fixture.ts';
import { Replications } from './replications.ts';

const invalid = { name: 'ValidationException' };
const notFound = { name: 'ResourceNotFoundException' };

/** A duel in which the host is being replicated. */
async function openReplicated(t: TestContext, reconnectWindowSeconds = 0): Promise<Duel> {
  const duel = await openDuel(t);
  const attributes = { role: 'rival' };
  await duel.call('StartParticipantReplication', { ...duel.replication, reconnectWindowSeconds, attributes });
  return duel;
}

/** What the next start of the server makes of what the last one left. */
async function restart(duel: Duel): Promise<Replications> {
  const replications = new Replications({
    store: duel.store,
    live: duel.live,
    media: duel.replicationMedia,
    events: duel.eventLog,
    clock: duel.clock,
    logger: silentLogger,
    quotas: { publishersPerStage: 12, replicationsPerParticipant: 5 },
  });
  await replications.recover();
  return replications;
}

/** Waits until so many replicas stand in their destinations. */
async function untilReplicas({ replicationMedia }: Duel, count: number): Promise<void> {
  await until(
    () => replicationMedia.replicas.length,
    (length) => length === count,
  );
}

test('the start and the end stand among the events of the participant and of its stage', async (t) => {
  const { call, replication, replicationMedia, replicationEvents, source, destination, events, clock } =
    await openDuel(t);
  await call('StartParticipantReplication', replication);
  const destinationSessionId = replicationMedia.replicas[0]?.sessionId;
  clock.advance(1_500);
  await call('StopParticipantReplication', replication);

  const event = { participantId: 'host', replica: false, destinationStageArn: destination.arn, destinationSessionId };
  assert.deepEqual(await replicationEvents(), [
    { name: 'REPLICATION_STARTED', eventTime: '2026-11-21T20:00:00Z', ...event },
    { name: 'REPLICATION_STOPPED', eventTime: '2026-11-21T20:00:01.500Z', ...event },
  ]);
  const detail = {
    session_id: source.sessionId,
    user_id: 'host-1',
    participant_id: 'host',
    destination_stage_arn: destination.arn,
    destination_session_id: destinationSessionId,
  };
  assert.deepEqual(
    events.map(({ detailType, resourceArn, detail }) => ({ detailType, resourceArn, detail })),
    [
      {
        detailType: 'IVS Stage Update',
        resourceArn: source.arn,
        detail: {
          event_name: 'Participant Replication Start',
          event_time: '2026-11-21T20:00:00Z',
          event_time_precise: '2026-11-21T20:00:00.000000Z',
          ...detail,
        },
      },
      {
        detailType: 'IVS Stage Update',
        resourceArn: source.arn,
        detail: {
          event_name: 'Participant Replication End',
          event_time: '2026-11-21T20:00:01.500Z',
          event_time_precise: '2026-11-21T20:00:01.500000Z',
          ...detail,
        },
      },
    ],
  );
});

test('nothing is written while the media begins, and nothing when it fails; then it may be tried again', async (t) => {
  const { call, replication, replicationMedia, replicas, replicationEvents } = await openDuel(t);
  replicationMedia.onStart = async () => {
    assert.deepEqual(await replicas(), []);
    throw new Error('no worker');
  };
  await assert.rejects(call('StartParticipantReplication', replication), /no worker/);
  assert.deepEqual(await replicas(), []);
  assert.deepEqual(await replicationEvents(), []);
  replicationMedia.onStart = async () => {};
  await call('StartParticipantReplication', replication);
  assert.equal((await replicas()).length, 1);
});

test('of two calls at once one replicates', async (t) => {
  const { call, replication, replicationMedia, replicas } = await openDuel(t);
  const calls = [1, 2].map(() => call('StartParticipantReplication', replication));
  const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
  assert.deepEqual(outcomes.toSorted(), ['fulfilled', 'rejected']);
  assert.equal(replicationMedia.starts, 1);
  assert.equal((await replicas()).length, 1);
});

test('calls at once do not go over the quota, and leave no replica behind', async (t) => {
  const { call, replication, replicationMedia, replicas, addStage } = await openDuel(t, {
    replicationsPerParticipant: 1,
  });
  const both = Promise.withResolvers<void>();
  replicationMedia.onStart = () => {
    if (replicationMedia.starts === 2) both.resolve();
    return both.promise;
  };
  const arns = [replication.destinationStageArn, (await addStage()).arn];
  const calls = arns.map((destinationStageArn) =>
    call('StartParticipantReplication', { ...replication, destinationStageArn }),
  );
  const refused = (await Promise.allSettled(calls)).filter((outcome) => outcome.status === 'rejected');
  assert.deepEqual(
    refused.map(({ reason }) => reason.name),
    ['ServiceQuotaExceededException'],
  );
  assert.equal(replicationMedia.replicas.length, 1);
  assert.equal((await replicas()).length, 1);
});

test('a publisher that stops while its replica is made is not replicated', async (t) => {
  const duel = await openDuel(t);
  const { call, replication, replicationMedia, live, source, replicas } = duel;
  replicationMedia.onStart = async () => live.unpublish(source.ref, 'host');
  await assert.rejects(call('StartParticipantReplication', replication), invalid);
  assert.deepEqual(replicationMedia.replicas, []);
  assert.deepEqual(await replicas(), []);
});

test('a stage that is deleted while a replica is made for it gets none', async (t) => {
  const { call, replication, replicationMedia, destination, replicas } = await openDuel(t);
  replicationMedia.onStart = async () => {
    await call('DeleteStage', { arn: destination.arn });
  };
  await assert.rejects(call('StartParticipantReplication', replication), notFound);
  assert.deepEqual(replicationMedia.replicas, []);
  assert.deepEqual(await replicas(), []);
});

test('a stop during the start stops what has begun by then', async (t) => {
  const { call, replication, replicationMedia, untilStates } = await openDuel(t);
  const begun = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  replicationMedia.onStart = () => {
    asked.resolve();
    return begun.promise;
  };
  const start = call('StartParticipantReplication', replication);
  await asked.promise;
  const stop = call('StopParticipantReplication', replication);
  begun.resolve();
  await start;
  await stop;
  await untilStates('STOPPED');
  assert.deepEqual(replicationMedia.replicas, []);
});

test('of two stops at once one finds a replication', async (t) => {
  const { call, replication, replicationEvents } = await openReplicated(t);
  const calls = [1, 2].map(() => call('StopParticipantReplication', replication));
  const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
  assert.deepEqual(outcomes, ['fulfilled', 'rejected']);
  assert.equal((await replicationEvents()).length, 2);
});

test('without a window a replication ends with the publish', async (t) => {
  const { live, source, untilStates, replicationMedia, clock, replicationEvents, call, replication } =
    await openReplicated(t);
  live.unpublish(source.ref, 'host');
  await untilStates('STOPPED');
  assert.deepEqual(replicationMedia.replicas, []);
  assert.equal(clock.alarms, 0);
  assert.equal((await replicationEvents()).length, 2);
  live.publish(source.ref, 'host');
  await assert.rejects(call('StopParticipantReplication', replication), notFound);
  await call('StartParticipantReplication', replication);
  await untilStates('ACTIVE', 'STOPPED');
});

test('a publisher that comes back within the window is replicated again, and was ACTIVE all the time', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, destination, clock, untilStates, replicationMedia, replicationEvents } = duel;
  const before = replicationMedia.replicas[0];
  live.unpublish(source.ref, 'host');
  await untilReplicas(duel, 0);
  // Both sessions go on, whoever else is in them.
  assert.deepEqual(live.calls, [
    ['keepSession', source.ref, 60_000],
    ['keepSession', destination.ref, 60_000],
  ]);
  clock.advance(59_999);
  await untilStates('ACTIVE');
  live.publish(source.ref, 'host');
  await untilReplicas(duel, 1);
  clock.advance(60_000);
  assert.equal(clock.alarms, 0);
  await untilStates('ACTIVE');
  const after = replicationMedia.replicas[0];
  assert.notEqual(after, before);
  assert.deepEqual([after?.order, after?.sessionId], [before?.order, before?.sessionId]);
  assert.deepEqual(
    (await replicationEvents()).map(({ name }) => name),
    ['REPLICATION_STARTED'],
  );
});

test('a publisher that stays away longer than the window is replicated no more', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, clock, untilStates, replicationEvents, replicationMedia } = duel;
  live.unpublish(source.ref, 'host');
  await untilReplicas(duel, 0);
  clock.advance(60_000);
  await untilStates('STOPPED');
  const [, stopped] = await replicationEvents();
  assert.deepEqual([stopped?.name, stopped?.eventTime], ['REPLICATION_STOPPED', '2026-11-21T20:01:00Z']);
  live.publish(source.ref, 'host');
  await untilStates('STOPPED');
  assert.equal(replicationMedia.starts, 1);
});

test('each loss has the whole window', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, clock, untilStates } = duel;
  for (let count = 0; count < 3; count += 1) {
    live.unpublish(source.ref, 'host');
    await untilReplicas(duel, 0);
    clock.advance(59_999);
    live.publish(source.ref, 'host');
    await untilReplicas(duel, 1);
  }
  await untilStates('ACTIVE');
});

test('a quick change of the publish moves the replica to the new one', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, replicationMedia, clock, untilStates } = duel;
  live.unpublish(source.ref, 'host');
  live.publish(source.ref, 'host');
  await until(
    () => replicationMedia.starts,
    (starts) => starts === 2,
  );
  await untilReplicas(duel, 1);
  clock.advance(60_000);
  await untilStates('ACTIVE');
});

test('a publisher that comes back to media that fails may come back once more within the window', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, replicationMedia, clock, untilStates } = duel;
  live.unpublish(source.ref, 'host');
  replicationMedia.onStart = async () => {
    throw new Error('no worker');
  };
  live.publish(source.ref, 'host');
  await until(
    () => replicationMedia.starts,
    (starts) => starts === 2,
  );
  replicationMedia.onStart = async () => {};
  live.unpublish(source.ref, 'host');
  live.publish(source.ref, 'host');
  await untilReplicas(duel, 1);
  clock.advance(60_000);
  await untilStates('ACTIVE');
});

test('a replication without a window ends when its replica breaks', async (t) => {
  const { replicationMedia, untilStates, replicationEvents } = await openReplicated(t);
  replicationMedia.replicas[0]?.breaks();
  await untilStates('STOPPED');
  assert.equal((await replicationEvents()).length, 2);
});

test('a replica that breaks later is made again at once, without a window', async (t) => {
  const duel = await openReplicated(t);
  const { replicationMedia, clock, untilStates, replicationEvents, destination, live } = duel;
  clock.advance(1_000);
  replicationMedia.replicas[0]?.breaks();
  assert.deepEqual(live.calls.at(-1), ['keepSession', destination.ref, 10_000]);
  await until(
    () => replicationMedia.starts,
    (starts) => starts === 2,
  );
  await untilReplicas(duel, 1);
  await untilStates('ACTIVE');
  assert.equal((await replicationEvents()).length, 1);

  // One that breaks at once would do so again and again.
  replicationMedia.replicas[0]?.breaks();
  await untilStates('STOPPED');
  assert.equal(replicationMedia.starts, 2);
});

test('a replica that breaks and cannot be made again ends its replication', async (t) => {
  const { replicationMedia, clock, untilStates } = await openReplicated(t);
  clock.advance(1_000);
  replicationMedia.onStart = async () => {
    throw new Error('no worker');
  };
  replicationMedia.replicas[0]?.breaks();
  await untilStates('STOPPED');
});

test('a publish that takes the place of another one has some seconds to flow, without a window', async (t) => {
  const duel = await openReplicated(t);
  const { live, source, clock, untilStates } = duel;
  const name = `${source.ref.stageId} host`;
  for (const comes of [true, false]) {
    live.republishing.add(name);
    live.unpublish(source.ref, 'host');
    await untilReplicas(duel, 0);
    live.republishing.delete(name);
    await until(
      () => clock.alarms,
      (alarms) => alarms === 1,
    );
    clock.advance(14_999);
    if (!comes) break;
    live.publish(source.ref, 'host');
    await untilReplicas(duel, 1);
    clock.advance(15_000);
    await untilStates('ACTIVE');
  }
  await untilStates('ACTIVE');
  clock.advance(1);
  await untilStates('STOPPED');
});

test('a replica that breaks within a window is made anew for the next publish', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, replicationMedia, clock, untilStates } = duel;
  replicationMedia.replicas[0]?.breaks();
  live.unpublish(source.ref, 'host');
  await untilReplicas(duel, 0);
  live.publish(source.ref, 'host');
  await untilReplicas(duel, 1);
  replicationMedia.replicas[0]?.breaks();
  await until(
    () => clock.alarms,
    (alarms) => alarms === 1,
  );
  clock.advance(60_000);
  await untilStates('STOPPED');
});

test('a replication can be stopped while its publisher is waited for', async (t) => {
  const duel = await openReplicated(t, 60);
  const { live, source, call, replication, clock, untilStates, replicationMedia } = duel;
  live.unpublish(source.ref, 'host');
  await untilReplicas(duel, 0);
  await call('StopParticipantReplication', replication);
  await untilStates('STOPPED');
  assert.equal(clock.alarms, 0);
  live.publish(source.ref, 'host');
  assert.equal(replicationMedia.starts, 1);
});

test('others of the same id elsewhere change nothing', async (t) => {
  const { live, addStage, source, untilStates, replicationMedia } = await openReplicated(t);
  const third = await addStage();
  live.publish(third.ref, 'host');
  live.unpublish(third.ref, 'host');
  live.publish(source.ref, 'guest');
  live.unpublish(source.ref, 'guest');
  await untilStates('ACTIVE');
  assert.deepEqual([replicationMedia.starts, replicationMedia.replicas.length], [1, 1]);
});

for (const where of ['source', 'destination'] as const) {
  test(`DisconnectParticipant in the ${where} ends the replication, by the time the participant is out`, async (t) => {
    const duel = await openReplicated(t, 60);
    const { call, live, untilStates, replicationEvents, replicationMedia, events, clock } = duel;
    live.look = () => untilStates('STOPPED');
    await call('DisconnectParticipant', { stageArn: duel[where].arn, participantId: 'host' });
    assert.equal(live.calls.length, 1);
    assert.deepEqual(replicationMedia.replicas, []);
    assert.equal((await replicationEvents()).length, 2);
    assert.equal(events.length, 2);
    assert.equal(clock.alarms, 0);
  });
}

for (const where of ['source', 'destination'] as const) {
  test(`DisconnectParticipant in the ${where} ends a replication that begins at the same time`, async (t) => {
    const duel = await openDuel(t);
    const { call, live, source, replication, replicationMedia, untilStates, clock } = duel;
    const asked = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    replicationMedia.onStart = () => {
      asked.resolve();
      return begun.promise;
    };
    const start = call('StartParticipantReplication', { ...replication, reconnectWindowSeconds: 60 });
    await asked.promise;
    live.look = async () => {
      begun.resolve();
      await start; // written down after the participant was barred
      if (where === 'source') live.unpublish(source.ref, 'host');
    };
    await call('DisconnectParticipant', { stageArn: duel[where].arn, participantId: 'host' });
    await untilStates('STOPPED');
    assert.deepEqual(replicationMedia.replicas, []);
    assert.equal(clock.alarms, 0);
  });
}

test('DisconnectParticipant of another participant ends nothing', async (t) => {
  const { call, source, untilStates } = await openReplicated(t);
  await call('DisconnectParticipant', { stageArn: source.arn, participantId: 'guest' });
  await untilStates('ACTIVE');
});

test('a publisher that is thrown out while it is unpublished ends the replication once', async (t) => {
  const { call, live, source, replicationEvents, replicationMedia } = await openReplicated(t);
  live.look = async () => live.unpublish(source.ref, 'host');
  await call('DisconnectParticipant', { stageArn: source.arn, participantId: 'host' });
  assert.deepEqual(replicationMedia.replicas, []);
  assert.equal((await replicationEvents()).length, 2);
});

test('DeleteStage of the destination ends the replication, and its history stays with the source', async (t) => {
  const { call, destination, untilStates, replicationEvents, replicationMedia, events } = await openReplicated(t, 60);
  await call('DeleteStage', { arn: destination.arn });
  await untilStates('STOPPED');
  assert.deepEqual(replicationMedia.replicas, []);
  assert.equal((await replicationEvents()).length, 2);
  assert.equal(events.at(-1)?.detail.event_name, 'Participant Replication End');
});

test('DeleteStage of the source ends its replications, and nothing of them can be read', async (t) => {
  const { call, source, replication, replicas, replicationMedia, events, clock, addStage } = await openReplicated(
    t,
    60,
  );
  await call('StartParticipantReplication', { ...replication, destinationStageArn: (await addStage()).arn });
  await call('DeleteStage', { arn: source.arn });
  assert.deepEqual(replicationMedia.replicas, []);
  assert.deepEqual(
    events.map(({ detail }) => detail.event_name),
    ['Start', 'Start', 'End', 'End'].map((what) => `Participant Replication ${what}`),
  );
  assert.equal(clock.alarms, 0);
  await assert.rejects(replicas(), invalid);
});

test('a deleted stage leaves the replications of others alone', async (t) => {
  const { call, addStage, untilStates } = await openReplicated(t);
  await call('DeleteStage', { arn: (await addStage()).arn });
  await untilStates('ACTIVE');
});

test('a replica that cannot be stopped holds nothing up', async (t) => {
  const { call, replication, replicationMedia, untilStates } = await openReplicated(t);
  replicationMedia.onStop = async () => {
    throw new Error('no answer');
  };
  await call('StopParticipantReplication', replication);
  await untilStates('STOPPED');
});

test('a stop that cannot be written changes nothing, and can be asked for again', async (t) => {
  const { call, replication, replicationMedia, live, untilStates } = await openReplicated(t);
  t.mock.method(live, 'write', async () => Promise.reject(new Error('the disk is full')), { times: 1 });
  await assert.rejects(call('StopParticipantReplication', replication), /disk is full/);
  await untilStates('ACTIVE');
  assert.equal(replicationMedia.replicas.length, 1);
  await call('StopParticipantReplication', replication);
  await untilStates('STOPPED');
});

test('an end that cannot be written is tried again later', async (t) => {
  const { live, source, clock, untilStates } = await openReplicated(t);
  t.mock.method(live, 'write', async () => Promise.reject(new Error('the disk is full')), { times: 1 });
  live.unpublish(source.ref, 'host');
  await until(
    () => clock.alarms,
    (alarms) => alarms === 1,
  );
  await untilStates('ACTIVE');
  clock.advance(10_000);
  await untilStates('STOPPED');
});

test('a server that stops lets go of replicas; the next one waits for publishers that have a window', async (t) => {
  const duel = await openReplicated(t, 60);
  const { replications, replicationMedia, live, source, destination, clock, untilStates, call, replication } = duel;
  await replications.close();
  assert.deepEqual(replicationMedia.replicas, []);
  live.unpublish(source.ref, 'host'); // everybody is let go next
  await untilStates('ACTIVE');
  assert.equal(clock.alarms, 0);

  clock.advance(3_600_000);
  live.calls.length = 0;
  const next = await restart(duel);
  assert.deepEqual(live.calls, [
    ['keepSession', source.ref, 60_000],
    ['keepSession', destination.ref, 60_000],
  ]);
  clock.advance(59_999);
  live.publish(source.ref, 'host');
  await untilReplicas(duel, 1);
  await untilStates('ACTIVE');
  const order = duel.replicationMedia.replicas[0]?.order;
  assert.deepEqual([order?.reconnectWindowSeconds, order?.attributes], [60, { role: 'rival' }]);
  await next.stop({ source: source.ref, destination: destination.ref, participantId: 'host' });
  await untilStates('STOPPED');
  await assert.rejects(call('StopParticipantReplication', replication), notFound);
});

test('what was active without a window when the server stopped has ended at its next start', async (t) => {
  const duel = await openReplicated(t);
  await duel.replications.close();
  duel.clock.advance(5_000);
  await restart(duel);
  const [replica] = await duel.replicas();
  assert.equal(replica?.replicationState, 'STOPPED');
  const [, stopped] = await duel.replicationEvents();
  assert.deepEqual([stopped?.name, stopped?.eventTime], ['REPLICATION_STOPPED', '2026-11-21T20:00:05Z']);
});

test('whoever does not come back after a restart is replicated no more', async (t) => {
  const duel = await openReplicated(t, 60);
  await duel.replications.close();
  await restart(duel);
  duel.clock.advance(60_000);
  await duel.untilStates('STOPPED');
});

test('replicas go with the history of their session', async (t) => {
  const { call, replication, store, source, clock, replicas } = await openReplicated(t);
  await call('StopParticipantReplication', replication);
  await store.write((trx) => closeSession(trx, source.ref, source.sessionId, clock.now()));
  const sweep = async (time: Date) => {
    while ((await store.write((trx) => deleteHistoryBefore(trx, time))) > 0);
  };
  await sweep(clock.now());
  assert.deepEqual(
    (await replicas()).map(({ replicationState }: Body) => replicationState),
    ['STOPPED'],
  );
  await sweep(new Date(clock.now().getTime() + 1));
  assert.deepEqual(await replicas(), []);
});
