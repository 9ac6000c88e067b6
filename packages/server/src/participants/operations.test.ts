import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Body, type ControlPlane, elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { isDisconnected } from './disconnected-participants.ts';
import { appendEvents, closeSession, openSession, saveParticipant } from './history.ts';
import type { StageRef } from './live-stages.ts';
import { participantRecord } from './participant-record.fixture.ts';
import type { ParticipantRecord } from './participant-table.ts';

const sessionId = 'st-0a1b2c3d4e5f6';
const unknownSession = 'st-9z8y7x6w5v4u3';
const unknownStage = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';
const invalid = { name: 'ValidationException' };
const notFound = { name: 'ResourceNotFoundException' };

/** A stage with a running session and the given participants, the first one having come first. */
async function openShow(
  t: TestContext,
  participants: Partial<ParticipantRecord>[] = [],
): Promise<ControlPlane & { stageArn: string; ref: StageRef }> {
  const plane = await openControlPlane(t);
  const { stage } = await plane.call('CreateStage');
  const ref = { ...scope, stageId: stage.arn.split('/')[1] };
  await plane.store.write(async (trx) => {
    await openSession(trx, ref, { sessionId, startTime: new Date('2026-11-21T20:01:00.602Z') });
    for (const members of participants) await saveParticipant(trx, ref, sessionId, participantRecord(members));
  });
  return { ...plane, stageArn: stage.arn, ref };
}

function idsOf({ participants }: Body): string[] {
  return participants.map(({ participantId }: Body) => participantId);
}

test('DisconnectParticipant bars the participant first and ends its connection then', async (t) => {
  const { call, live, store, stageArn, ref } = await openShow(t);
  live.look = async (stage) => assert.equal(await isDisconnected(store.db, stage, 'p-1'), true);
  const answer = await call('DisconnectParticipant', { stageArn, participantId: 'p-1', reason: 'rude' });
  assert.deepEqual(answer ?? {}, {});
  await call('DisconnectParticipant', { stageArn, participantId: 'p-1' });
  assert.deepEqual(live.calls, [
    ['disconnectParticipant', ref, 'p-1'],
    ['disconnectParticipant', ref, 'p-1'],
  ]);
  assert.equal(await isDisconnected(store.db, ref, 'p-2'), false);
});

test('DisconnectParticipant does nothing to a stage that is not there or is elsewhere', async (t) => {
  const { call, live, store, stageArn, ref } = await openShow(t);
  for (const other of elsewhere) {
    await assert.rejects(call('DisconnectParticipant', { stageArn, participantId: 'p-1' }, other), notFound);
  }
  await assert.rejects(call('DisconnectParticipant', { stageArn: unknownStage, participantId: 'p-1' }), notFound);
  await assert.rejects(call('DisconnectParticipant', { stageArn, participantId: 'a b' }), invalid);
  await assert.rejects(
    call('DisconnectParticipant', { stageArn, participantId: 'p-1', reason: 'x'.repeat(129) }),
    invalid,
  );
  assert.deepEqual(live.calls, []);
  assert.equal(await isDisconnected(store.db, ref, 'p-1'), false);
});

test('GetParticipant shows the whole record, and attributes when there are some', async (t) => {
  const { call, stageArn } = await openShow(t, [
    {
      participantId: 'rival',
      userId: 'host-1',
      attributes: { role: 'rival' },
      published: true,
      browserName: 'Chrome',
      protocol: 'WHIP',
      recordingState: 'ACTIVE',
      recordingS3BucketName: 'show-archive',
      recordingS3Prefix: 'RivalStage01/st-0a1b2c3d4e5f6/rival/2026-11-21T20-01-04Z',
      replicationType: 'REPLICA',
      sourceStageArn: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
      sourceSessionId: 'st-9z8y7x6w5v4u3',
    },
    { participantId: 'plain' },
  ]);
  assert.deepEqual(await call('GetParticipant', { stageArn, sessionId, participantId: 'rival' }), {
    participant: {
      participantId: 'rival',
      userId: 'host-1',
      state: 'CONNECTED',
      firstJoinTime: '2026-11-21T20:01:02Z',
      attributes: { role: 'rival' },
      published: true,
      ispName: '',
      osName: '',
      osVersion: '',
      browserName: 'Chrome',
      browserVersion: '',
      sdkVersion: '',
      recordingS3BucketName: 'show-archive',
      recordingS3Prefix: 'RivalStage01/st-0a1b2c3d4e5f6/rival/2026-11-21T20-01-04Z',
      recordingState: 'ACTIVE',
      protocol: 'WHIP',
      replicationType: 'REPLICA',
      replicationState: 'STOPPED',
      sourceStageArn: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
      sourceSessionId: 'st-9z8y7x6w5v4u3',
    },
  });
  const { participant } = await call('GetParticipant', { stageArn, sessionId, participantId: 'plain' });
  assert.equal(participant.recordingS3Prefix, '');
  for (const absent of [
    'attributes',
    'replicationState',
    'sourceStageArn',
    'sourceSessionId',
    'ingestConfigurationArn',
  ]) {
    assert.equal(absent in participant, false, absent);
  }
});

test('GetParticipant says what is missing', async (t) => {
  const { call, stageArn } = await openShow(t, [{ participantId: 'p-1' }]);
  const known = { stageArn, sessionId, participantId: 'p-1' };
  const missing = [
    [{ stageArn: unknownStage }, 'Stage not found'],
    [{ sessionId: unknownSession }, 'Stage session not found'],
    [{ participantId: 'p-2' }, 'Participant not found'],
  ] as const;
  for (const [members, message] of missing) {
    await assert.rejects(call('GetParticipant', { ...known, ...members }), { ...notFound, message });
  }
  for (const other of elsewhere) {
    await assert.rejects(call('GetParticipant', known, other), { ...notFound, message: 'Stage not found' });
  }
  await assert.rejects(call('GetParticipant', { ...known, sessionId: 'st-1' }), invalid);
});

test('ListParticipants shows summaries, newest first', async (t) => {
  const { call, stageArn } = await openShow(t, [
    { participantId: 'p-1', userId: 'ann', attributes: { role: 'host' } },
    { participantId: 'p-2' },
  ]);
  const answer = await call('ListParticipants', { stageArn, sessionId });
  assert.deepEqual(idsOf(answer), ['p-2', 'p-1']);
  assert.deepEqual(answer.participants[1], {
    participantId: 'p-1',
    userId: 'ann',
    state: 'CONNECTED',
    firstJoinTime: '2026-11-21T20:01:02Z',
    published: false,
    recordingState: 'DISABLED',
    replicationType: 'NONE',
  });
});

test('ListParticipants keeps the place of a participant whose record changes', async (t) => {
  const { call, store, stageArn, ref } = await openShow(t, [{ participantId: 'p-1' }, { participantId: 'p-2' }]);
  await store.write((trx) =>
    saveParticipant(trx, ref, sessionId, participantRecord({ participantId: 'p-1', state: 'DISCONNECTED' })),
  );
  const answer = await call('ListParticipants', { stageArn, sessionId });
  assert.deepEqual(idsOf(answer), ['p-2', 'p-1']);
  assert.equal(answer.participants[1].state, 'DISCONNECTED');
});

test('ListParticipants filters by one thing at a time', async (t) => {
  const { call, stageArn } = await openShow(t, [
    { participantId: 'viewer', userId: 'ann' },
    { participantId: 'host', userId: 'bob', published: true, recordingState: 'ACTIVE' },
    { participantId: 'gone', userId: '', published: true, recordingState: 'STOPPED', state: 'DISCONNECTED' },
  ]);
  const cases: [object, string[]][] = [
    [{ filterByUserId: 'ann' }, ['viewer']],
    [{ filterByUserId: '' }, ['gone']],
    [{ filterByUserId: 'nobody' }, []],
    [{ filterByPublished: true }, ['gone', 'host']],
    [{ filterByPublished: false }, ['viewer']],
    [{ filterByState: 'CONNECTED' }, ['host', 'viewer']],
    [{ filterByState: 'DISCONNECTED' }, ['gone']],
    [{ filterByRecordingState: 'ACTIVE' }, ['host']],
    [{ filterByRecordingState: 'FAILED' }, []],
  ];
  for (const [filter, ids] of cases) {
    assert.deepEqual(idsOf(await call('ListParticipants', { stageArn, sessionId, ...filter })), ids);
  }
  const filters = cases.map(([filter]) => filter);
  for (const one of filters) {
    for (const two of filters) {
      if (Object.keys(one)[0] === Object.keys(two)[0]) continue;
      await assert.rejects(call('ListParticipants', { stageArn, sessionId, ...one, ...two }), invalid);
    }
  }
  await assert.rejects(call('ListParticipants', { stageArn, sessionId, filterByRecordingState: 'DISABLED' }), invalid);
});

test('ListParticipants pages within its filter, and a page token is bound to it', async (t) => {
  const { call, stageArn } = await openShow(
    t,
    ['a', 'b', 'c', 'd'].map((participantId) => ({ participantId, published: participantId !== 'c' })),
  );
  const request = { stageArn, sessionId, filterByPublished: true, maxResults: 2 };
  const first = await call('ListParticipants', request);
  const { nextToken } = first;
  const second = await call('ListParticipants', { ...request, nextToken });
  assert.deepEqual([idsOf(first), idsOf(second)], [['d', 'b'], ['a']]);
  const without = { stageArn, sessionId, nextToken };
  await assert.rejects(call('ListParticipants', without), invalid);
  await assert.rejects(call('ListParticipants', { ...without, filterByPublished: false }), invalid);
  await assert.rejects(call('ListParticipants', { ...without, filterByState: 'CONNECTED' }), invalid);
});

test('ListParticipantEvents shows what happened to one participant, newest first', async (t) => {
  const { call, store, stageArn, ref } = await openShow(t);
  const at = (time: string) => new Date(`2026-11-21T${time}Z`);
  await store.write(async (trx) => {
    await appendEvents(trx, ref, sessionId, [
      { name: 'JOINED', participantId: 'p-1', eventTime: at('20:01:02.345') },
      { name: 'JOINED', participantId: 'p-2', eventTime: at('20:01:03') },
      {
        name: 'PUBLISH_ERROR',
        participantId: 'p-1',
        eventTime: at('20:01:40'),
        errorCode: 'INSUFFICIENT_CAPABILITIES',
      },
    ]);
    await appendEvents(trx, ref, sessionId, [
      {
        name: 'SUBSCRIBE_STARTED',
        participantId: 'p-1',
        eventTime: at('20:01:40'),
        remoteParticipantId: 'p-2',
        replica: false,
      },
      {
        name: 'TOKEN_EXCHANGED',
        participantId: 'p-1',
        eventTime: at('20:10:00'),
        previousToken: { capabilities: ['SUBSCRIBE'], userId: 'ann', expirationTime: at('21:00:00') },
        newToken: { attributes: { role: 'host' }, expirationTime: at('22:00:00') },
      },
    ]);
  });
  const request = { stageArn, sessionId, participantId: 'p-1' };
  const { events } = await call('ListParticipantEvents', request);
  assert.deepEqual(events, [
    {
      name: 'TOKEN_EXCHANGED',
      participantId: 'p-1',
      eventTime: '2026-11-21T20:10:00Z',
      previousToken: { capabilities: ['SUBSCRIBE'], userId: 'ann', expirationTime: '2026-11-21T21:00:00Z' },
      newToken: { attributes: { role: 'host' }, expirationTime: '2026-11-21T22:00:00Z' },
    },
    {
      name: 'SUBSCRIBE_STARTED',
      participantId: 'p-1',
      eventTime: '2026-11-21T20:01:40Z',
      remoteParticipantId: 'p-2',
      replica: false,
    },
    {
      name: 'PUBLISH_ERROR',
      participantId: 'p-1',
      eventTime: '2026-11-21T20:01:40Z',
      errorCode: 'INSUFFICIENT_CAPABILITIES',
    },
    { name: 'JOINED', participantId: 'p-1', eventTime: '2026-11-21T20:01:02.345Z' },
  ]);

  const first = await call('ListParticipantEvents', { ...request, maxResults: 3 });
  const second = await call('ListParticipantEvents', { ...request, maxResults: 3, nextToken: first.nextToken });
  assert.deepEqual([...first.events, ...second.events], events);
  await assert.rejects(
    call('ListParticipantEvents', { ...request, participantId: 'p-2', nextToken: first.nextToken }),
    invalid,
  );
  assert.deepEqual(await call('ListParticipantEvents', { ...request, participantId: 'p-3' }), { events: [] });
});

test('GetStageSession and ListStageSessions show sessions, newest first, with an end once they have one', async (t) => {
  const { call, store, stageArn, ref } = await openShow(t);
  const running = { sessionId, startTime: '2026-11-21T20:01:00.602Z' };
  assert.deepEqual(await call('GetStageSession', { stageArn, sessionId }), { stageSession: running });
  assert.deepEqual(await call('ListStageSessions', { stageArn }), { stageSessions: [running] });

  await store.write(async (trx) => {
    await closeSession(trx, ref, sessionId, new Date('2026-11-21T20:30:00Z'));
    await openSession(trx, ref, { sessionId: unknownSession, startTime: new Date('2026-11-21T21:00:00Z') });
  });
  const ended = { ...running, endTime: '2026-11-21T20:30:00Z' };
  assert.deepEqual(await call('GetStageSession', { stageArn, sessionId }), { stageSession: ended });
  assert.deepEqual(await call('ListStageSessions', { stageArn }), {
    stageSessions: [{ sessionId: unknownSession, startTime: '2026-11-21T21:00:00Z' }, ended],
  });
});

test('GetStageSession says what is missing', async (t) => {
  const { call, stageArn } = await openShow(t);
  await assert.rejects(call('GetStageSession', { stageArn: unknownStage, sessionId }), {
    ...notFound,
    message: 'Stage not found',
  });
  await assert.rejects(call('GetStageSession', { stageArn, sessionId: unknownSession }), {
    ...notFound,
    message: 'Stage session not found',
  });
  for (const other of elsewhere)
    await assert.rejects(call('GetStageSession', { stageArn, sessionId }, other), notFound);
});

test('a session is found below its own stage only', async (t) => {
  const { call, stageArn } = await openShow(t, [{ participantId: 'p-1' }]);
  const { stage: other } = await call('CreateStage');
  const below = { stageArn: other.arn, sessionId };
  await assert.rejects(call('GetStageSession', below), notFound);
  await assert.rejects(call('GetParticipant', { ...below, participantId: 'p-1' }), notFound);
  await assert.rejects(call('ListParticipants', below), invalid);
  await call('ListParticipants', { stageArn, sessionId });
});

test('lists of a stage or session that is not there, or is elsewhere, are wrong requests', async (t) => {
  const { call, stageArn } = await openShow(t);
  const calls = [
    ['ListStageSessions', {}],
    ['ListParticipants', { sessionId }],
    ['ListParticipantEvents', { sessionId, participantId: 'p-1' }],
  ] as const;
  for (const [name, members] of calls) {
    await assert.rejects(call(name, { ...members, stageArn: unknownStage }), {
      ...invalid,
      message: 'Stage not found',
    });
    for (const other of elsewhere) await assert.rejects(call(name, { ...members, stageArn }, other), invalid);
    if ('sessionId' in members) {
      await assert.rejects(call(name, { ...members, stageArn, sessionId: unknownSession }), {
        ...invalid,
        message: 'Stage session not found',
      });
    }
  }
});

test('nothing of a deleted stage can be read', async (t) => {
  const { call, stageArn } = await openShow(t, [{ participantId: 'p-1' }]);
  await call('DeleteStage', { arn: stageArn });
  await assert.rejects(call('GetStageSession', { stageArn, sessionId }), notFound);
  await assert.rejects(call('GetParticipant', { stageArn, sessionId, participantId: 'p-1' }), notFound);
  await assert.rejects(call('ListStageSessions', { stageArn }), invalid);
});
