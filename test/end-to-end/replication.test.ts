import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  InternalServerException,
  ListParticipantReplicasCommand,
  StartParticipantReplicationCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

describe('a publisher that is to be replicated', () => {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  test('is not, as long as nothing can copy its media, and goes on publishing', async (t) => {
    const source = await TestStage.create(server, ['host']);
    const destination = await TestStage.create(server, []);
    const { token, participantId } = source.invited('host');
    const publisher = publishByFfmpeg({ url: source.whipUrl, token });
    t.after(() => publisher.kill());
    const sessionId = await until(
      () => source.activeSessionId(),
      (id) => id !== '',
    );
    await source.untilEvent(sessionId, participantId, 'PUBLISH_STARTED');

    const replication = { sourceStageArn: source.arn, destinationStageArn: destination.arn, participantId };
    await assert.rejects(server.client.send(new StartParticipantReplicationCommand(replication)), (error) => {
      assert.ok(error instanceof InternalServerException);
      assert.match(error.message, /no media part that copies a publisher/);
      return true;
    });
    const list = new ListParticipantReplicasCommand({ sourceStageArn: source.arn, participantId });
    assert.deepEqual((await server.client.send(list)).replicas, []);
    assert.equal(await destination.activeSessionId(), '');
    await publisher.stop();
    const events = await source.untilEvent(sessionId, participantId, 'LEFT');
    assert.deepEqual(
      events.map(({ name }) => name),
      ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
    );
  });
});
