import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CreateStageCommand, DeleteStageCommand, DisconnectParticipantCommand } from '@aws-sdk/client-ivs-realtime';
import { systemClock } from '../clock.ts';
import { Receiver } from '../events/receiver.fixture.ts';
import { TestServer } from '../running-server.fixture.ts';
import { until } from '../until.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { type ClientSocket, StageClient } from './stage-client.fixture.ts';

interface Notification {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string | boolean>>;
}

/** A server of whose events a webhook hears. */
async function startTelling(t: TestContext, { participantUpdates }: { participantUpdates: boolean }) {
  const hook = await Receiver.start(t);
  const settings = { name: 'hook', url: hook.url, secret: 'a-secret-that-both-sides-know', timeoutSeconds: 10 };
  const targets = [{ type: 'webhook', wants: () => true, settings }] as const;
  const limits = { reconnectGraceSeconds: 0 };
  let server = await TestServer.start(limits, systemClock, { targets, participantUpdates });
  t.after(() => server.close());
  const restart = async () => {
    server = await server.restart();
  };
  const told = () => hook.requests.map(({ body }): Notification => JSON.parse(body));
  const invite = async (...userIds: string[]) => {
    const participantTokenConfigurations = userIds.map((userId) => ({ userId }));
    const command = new CreateStageCommand({ participantTokenConfigurations });
    const { stage, participantTokens = [] } = await server.client.send(command);
    return { arn: stage?.arn ?? '', clients: participantTokens.map(({ token = '' }) => new StageClient(token)) };
  };
  /** Waits until so many have come in all, those of a stage in their order. */
  const toldAll = (count: number) => until(told, (all) => all.length >= count);
  return { server, restart, told, toldAll, invite };
}

async function join(client = new StageClient('')): Promise<ClientSocket> {
  const socket = client.connect();
  await socket.state((participants) => participants.some(({ id }) => id === client.id));
  return socket;
}

test('targets hear who joins a stage, and who leaves it and why', async (t) => {
  const { server, toldAll, invite } = await startTelling(t, { participantUpdates: true });
  const { arn, clients } = await invite('ann', 'bob', 'carl', 'dora', 'eve');
  const [ann, bob, carl, dora, eve] = clients;
  const socket = await join(ann);
  const [joined] = await toldAll(1);
  const { id, detail, ...envelope } = joined ?? assert.fail();
  const { event_time, event_time_precise, session_id, ...rest } = detail;
  assert.ok(id && event_time && event_time_precise && session_id);
  assert.deepEqual(rest, {
    event_name: 'Participant Joined',
    user_id: 'ann',
    participant_id: ann?.id,
    replica: false,
  });
  assert.deepEqual(
    [envelope.source, envelope['detail-type'], envelope.resources],
    ['proscenium.ivs', 'Proscenium Participant Update', [arn]],
  );

  await socket.send('LEAVE');
  await socket.closed;
  const lost = await join(bob);
  lost.crash();
  await toldAll(4);
  await join(carl);
  await server.client.send(new DisconnectParticipantCommand({ stageArn: arn, participantId: carl?.id }));
  const publish = await dora?.publish(publishOffer);
  await dora?.delete(publish?.headers.get('location') ?? '');
  await join(eve);
  await server.client.send(new DeleteStageCommand({ arn }));
  const all = (await toldAll(10)).map(({ detail }) => [detail.user_id, detail.event_name, detail.left_reason]);
  assert.deepEqual(all, [
    ['ann', 'Participant Joined', undefined],
    ['ann', 'Participant Left', 'user-initiated'],
    ['bob', 'Participant Joined', undefined],
    ['bob', 'Participant Left', 'unknown'],
    ['carl', 'Participant Joined', undefined],
    ['carl', 'Participant Left', 'participant-disconnected'],
    ['dora', 'Participant Joined', undefined],
    ['dora', 'Participant Left', 'user-initiated'],
    ['eve', 'Participant Joined', undefined],
    ['eve', 'Participant Left', 'stage-deleted'],
  ]);
});

test('a server that stops has told of everybody that he left', async (t) => {
  const { restart, toldAll, invite } = await startTelling(t, { participantUpdates: true });
  const { clients } = await invite('ann');
  await join(clients[0]);
  await restart();
  const all = (await toldAll(2)).map(({ detail }) => [detail.event_name, detail.left_reason]);
  assert.deepEqual(all, [
    ['Participant Joined', undefined],
    ['Participant Left', 'unknown'],
  ]);
});

test('nobody hears of it who did not ask for it', async (t) => {
  const { server, told, invite } = await startTelling(t, { participantUpdates: false });
  const { arn, clients } = await invite('ann');
  const socket = await join(clients[0]);
  await socket.send('LEAVE');
  await socket.closed;
  await server.client.send(new DeleteStageCommand({ arn }));
  assert.deepEqual(told(), []);
});
