import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  GetStageCommand,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer, testAccessKey } from '../support/server.ts';

test('the audit log tells who did what to which resource, and no secret', async (t) => {
  const dataFolder = await createDataFolder(t);
  const file = path.join(dataFolder, 'audit.log');
  const server = await startServer({ dataFolder, env: { PROSCENIUM_AUDIT_FILE: file } });
  const { client } = server;
  const { stage, participantTokens = [] } = await client.send(
    new CreateStageCommand({ name: 'show', participantTokenConfigurations: [{ userId: 'alice' }] }),
  );
  const { participantToken } = await client.send(new CreateParticipantTokenCommand({ stageArn: stage?.arn }));
  const missing = stage?.arn?.replace(/.{12}$/, 'nothingThere');
  await assert.rejects(client.send(new GetStageCommand({ arn: missing })));
  const impostor = server.clientWith({ ...testAccessKey, secretAccessKey: 'wrong' });
  await assert.rejects(impostor.send(new ListStagesCommand()));
  impostor.destroy();
  const made = await fetch(`${server.endpoint}/try/stage`, { method: 'POST', headers: { origin: server.endpoint } });
  const { stageArn, tokens } = (await made.json()) as { stageArn: string; tokens: string[] };
  await server.stop();

  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const text = await readFile(file, 'utf8');
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ eventName, errorCode, userIdentity, resources }) => {
      return [eventName, errorCode, userIdentity.userName, resources[0]?.ARN];
    }),
    [
      ['CreateStage', undefined, 'admin', stage?.arn],
      ['CreateParticipantToken', undefined, 'admin', stage?.arn],
      ['GetStage', 'ResourceNotFoundException', 'admin', missing],
      ['ListStages', 'InvalidSignatureException', undefined, undefined],
      ['CreateStage', undefined, 'try-page', stageArn],
    ],
  );
  const secrets = [...participantTokens.map(({ token }) => token), participantToken?.token, ...tokens];
  for (const secret of [...secrets.map((token) => token?.split('.')[2]), testAccessKey.secretAccessKey, 'Signature=']) {
    assert.ok(secret);
    assert.ok(!text.includes(secret), `the audit log holds ${secret.slice(0, 4)}…`);
  }
});

test('a server whose audit log cannot be opened does not start', async (t) => {
  const dataFolder = await createDataFolder(t);
  const env = { PROSCENIUM_AUDIT_FILE: path.join(dataFolder, 'nowhere', 'audit.log') };
  await assert.rejects(startServer({ dataFolder, env }), /The audit log cannot be opened: ENOENT/);
});
