import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { connectEvents, type EventsSocket } from '../support/events-socket.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('The AWS CLI, on sessions, participants and their replication', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  let stage: TestStage;
  let destination: TestStage;
  let sessionId: string;
  let alice: EventsSocket;

  before(async () => {
    server = await startServer();
    stage = await TestStage.create(server, ['alice', 'bob']);
    destination = await TestStage.create(server, []);
    alice = await connectEvents(stage.invited('alice').token);
    await connectEvents(stage.invited('bob').token);
    sessionId = await stage.activeSessionId();
  });
  after(() => server?.stop());

  const run = <Output>(command: string, ...args: string[]): Promise<Output> =>
    awsJson<Output>(server, command, '--stage-arn', stage.arn, ...args);

  awsTest('lists and shows sessions', async () => {
    const { stageSessions } = await run<{ stageSessions: object[] }>('list-stage-sessions');
    const [session, ...others] = stageSessions as { sessionId: string; startTime: string }[];
    assert.deepEqual([session?.sessionId, others], [sessionId, []]);
    assert.ok(Date.parse(session?.startTime ?? '') <= Date.now());
    const { stageSession } = await run<{ stageSession: object }>('get-stage-session', '--session-id', sessionId);
    assert.deepEqual(stageSession, session);
  });

  awsTest('lists participants, filters and pages', async () => {
    const list = async (...options: string[]) =>
      await run<{ participants: { userId: string; state: string; published: boolean }[]; nextToken?: string }>(
        'list-participants',
        '--session-id',
        sessionId,
        ...options,
      );
    const userIds = async (...options: string[]) =>
      (await list(...options)).participants.map(({ userId }) => userId).sort();
    assert.deepEqual(await userIds(), ['alice', 'bob']);
    assert.deepEqual(await userIds('--filter-by-user-id', 'bob'), ['bob']);
    assert.deepEqual(await userIds('--filter-by-published'), []);
    assert.deepEqual(await userIds('--no-filter-by-published'), ['alice', 'bob']);
    assert.deepEqual(await userIds('--filter-by-state', 'DISCONNECTED'), []);

    const first = await list('--max-results', '1');
    const second = await list('--max-results', '1', '--next-token', first.nextToken ?? '');
    const paged = [...first.participants, ...second.participants].map(({ userId }) => userId);
    assert.deepEqual(paged.sort(), ['alice', 'bob']);
    assert.equal(second.nextToken, undefined);
  });

  awsTest('shows a participant and its events', async () => {
    const { participantId } = stage.invited('bob');
    const who = ['--session-id', sessionId, '--participant-id', participantId];
    const { participant } = await run<{ participant: Record<string, unknown> }>('get-participant', ...who);
    const { userId, state, attributes, published } = participant;
    assert.deepEqual(
      { userId, state, attributes, published },
      { userId: 'bob', state: 'CONNECTED', attributes: { seat: '1' }, published: false },
    );
    const { events } = await run<{ events: object[] }>('list-participant-events', ...who);
    assert.deepEqual(
      events.map((event) => ({ ...event, eventTime: 'TIME' })),
      [{ name: 'JOINED', participantId, eventTime: 'TIME', replica: false }],
    );
  });

  awsTest('disconnects a participant', async () => {
    const { participantId } = stage.invited('alice');
    const { status, stdout, stderr } = await aws(server, [
      'disconnect-participant',
      '--stage-arn',
      stage.arn,
      '--participant-id',
      participantId,
      '--reason',
      'spam',
    ]);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(await alice.closed, { code: 4100, reason: 'participant-disconnected' });
    const who = ['--session-id', sessionId, '--participant-id', participantId];
    const { participant } = await run<{ participant: { state: string } }>('get-participant', ...who);
    assert.equal(participant.state, 'DISCONNECTED');
  });

  const replication = () => [
    ...['--source-stage-arn', stage.arn],
    ...['--destination-stage-arn', destination.arn],
    ...['--participant-id', stage.invited('bob').participantId],
  ];

  awsTest('lists the replicas of a participant', async () => {
    const { participantId } = stage.invited('bob');
    const of = ['--source-stage-arn', stage.arn, '--participant-id', participantId];
    assert.deepEqual(await awsJson(server, 'list-participant-replicas', ...of), { replicas: [] });
    assert.deepEqual(await awsJson(server, 'list-participant-replicas', ...of, '--page-size', '1'), { replicas: [] });
  });

  awsTest('is told what hinders a replication', async () => {
    const options = ['--reconnect-window-seconds', '300', '--attributes', 'role=rival,side=left'];
    const start = await aws(server, ['start-participant-replication', ...replication(), ...options]);
    assert.match(
      start.stderr,
      /\(ValidationException\) when calling the StartParticipantReplication operation: The participant is not publishing/,
    );
    const stop = await aws(server, ['stop-participant-replication', ...replication()]);
    assert.match(
      stop.stderr,
      /\(ResourceNotFoundException\) when calling the StopParticipantReplication operation: Participant replication not found/,
    );
  });
});
