import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('The AWS CLI, on participant replication', { skip: awsMissing() }, () => {
  let server: ServerProcess;
  let source: TestStage;
  let destination: TestStage;

  before(async () => {
    server = await startServer();
    source = await TestStage.create(server, ['host']);
    destination = await TestStage.create(server, []);
    await connectEvents(source.invited('host').token);
  });
  after(() => server?.stop());

  const replication = () => [
    ...['--source-stage-arn', source.arn],
    ...['--destination-stage-arn', destination.arn],
    ...['--participant-id', source.invited('host').participantId],
  ];

  awsTest('lists the replicas of a participant', async () => {
    const { participantId } = source.invited('host');
    const of = ['--source-stage-arn', source.arn, '--participant-id', participantId];
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
