import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { CreateStageCommand, IVSRealTimeClient, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { startProscenium } from '@proscenium/testing';

let server;
let client;

before(async () => {
  server = await startProscenium();
  client = new IVSRealTimeClient(server.clientConfig);
});
after(() => server.close());
beforeEach(() => server.reset());

test('a stage that was made is listed', async () => {
  await client.send(new CreateStageCommand({ name: 'friday-show' }));
  const { stages } = await client.send(new ListStagesCommand());
  assert.deepEqual(
    stages.map(({ name }) => name),
    ['friday-show'],
  );
});

test('a call that is throttled is tried again', async () => {
  await server.failures.inject('CreateStage', { error: 'ThrottlingException', times: 2 });
  const { $metadata } = await client.send(new CreateStageCommand());
  assert.equal($metadata.attempts, 3);
});

test('a token is of no use when its time is over', async () => {
  const participantTokenConfigurations = [{ duration: 15 }];
  const { stage, participantTokens } = await client.send(new CreateStageCommand({ participantTokenConfigurations }));
  await server.clock.advance({ minutes: 15 });
  const answer = await fetch(stage.endpoints.whip, {
    method: 'POST',
    headers: { authorization: `Bearer ${participantTokens[0].token}`, 'content-type': 'application/sdp' },
    body: 'v=0',
  });
  assert.equal(answer.status, 401);
});
