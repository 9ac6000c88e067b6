import { CreateStageCommand, IVSRealTimeClient, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { startProscenium } from '@proscenium/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

let server;
let client;

beforeAll(async () => {
  server = await startProscenium({ config: { quotas: { stages: 1 } } });
  client = new IVSRealTimeClient(server.clientConfig);
}, 60_000);
afterAll(() => server.close());
beforeEach(() => server.reset());

test('a stage that was made is listed', async () => {
  await client.send(new CreateStageCommand({ name: 'friday-show' }));
  const { stages } = await client.send(new ListStagesCommand());
  expect(stages).toMatchObject([{ name: 'friday-show' }]);
});

test('one stage more than the quota allows is refused', async () => {
  await client.send(new CreateStageCommand());
  await expect(client.send(new CreateStageCommand())).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
});
