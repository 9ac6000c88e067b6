import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  type IVSRealTimeClient,
  ListStagesCommand,
  PendingVerification,
  ResourceNotFoundException,
  TagResourceCommand,
} from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { type AccessKey, startServer } from '../support/server.ts';

const key = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: `the-secret-of-${accessKeyId}` });
const one = '123456789012';
const another = '210987654321';
const pending = '111122223333';
const keyOfOne = { ...key('PRSCSECONDOFONE'), account: one, userName: 'second' };
const keyOfAnother = { ...key('PRSCOFANOTHER'), account: another };
const keyOfPending = { ...key('PRSCOFPENDING'), account: pending };

test('a server with several accounts', async (t) => {
  const dataFolder = await createDataFolder(t);
  const config = path.join(dataFolder, 'config.yaml');
  const accounts = [{ id: pending, state: 'PENDING_VERIFICATION' }];
  await writeFile(config, JSON.stringify({ accounts, accessKeys: [keyOfOne, keyOfAnother, keyOfPending] }));
  const server = await startServer({ dataFolder, args: ['--config', config] });
  t.after(() => server.stop());
  const clientOf = (credentials: AccessKey): IVSRealTimeClient => {
    const client = server.clientWith(credentials);
    t.after(() => client.destroy());
    return client;
  };
  const first = server.client;
  const second = clientOf(keyOfOne);
  const stranger = clientOf(keyOfAnother);

  await t.test('lets every key of an account at the same resources', async () => {
    const { stage } = await first.send(new CreateStageCommand({ name: 'ours' }));
    assert.equal(stage?.arn?.split(':')[4], one);
    const seen = await second.send(new GetStageCommand({ arn: stage?.arn }));
    assert.equal(seen.stage?.name, 'ours');
    await second.send(new DeleteStageCommand({ arn: stage?.arn }));
    await assert.rejects(first.send(new GetStageCommand({ arn: stage?.arn })), ResourceNotFoundException);
  });

  await t.test('shows an account nothing of another', async () => {
    const { stage } = await first.send(new CreateStageCommand({ name: 'ours' }));
    const { arn } = stage ?? {};
    assert.deepEqual((await stranger.send(new ListStagesCommand())).stages, []);
    await assert.rejects(stranger.send(new GetStageCommand({ arn })), ResourceNotFoundException);
    await assert.rejects(stranger.send(new DeleteStageCommand({ arn })), ResourceNotFoundException);
    const tag = new TagResourceCommand({ resourceArn: arn, tags: { mine: 'now' } });
    await assert.rejects(stranger.send(tag), ResourceNotFoundException);
    const { stage: theirs } = await stranger.send(new CreateStageCommand());
    assert.equal(theirs?.arn?.split(':')[4], another);
    assert.deepEqual((await first.send(new GetStageCommand({ arn }))).stage, stage);
  });

  await t.test('tells an account that is not verified yet so, where the operation has an answer for it', async () => {
    const unverified = clientOf(keyOfPending);
    await assert.rejects(unverified.send(new CreateStageCommand()), (error) => {
      assert.ok(error instanceof PendingVerification);
      assert.equal(error.$metadata.httpStatusCode, 403);
      assert.equal(error.exceptionMessage, 'The account is not verified yet');
      return true;
    });
    assert.deepEqual((await unverified.send(new ListStagesCommand())).stages, []);
  });
});
