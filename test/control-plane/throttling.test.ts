import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateStageCommand,
  IVSRealTimeClient,
  IVSRealTimeServiceException,
  ListPublicKeysCommand,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';

/** One stage in a second, so all but one of these calls at once must be tried again; and hardly ever a list of keys. */
const calls = 4;
const env = {
  PROSCENIUM_THROTTLES_ENABLED: 'true',
  PROSCENIUM_THROTTLES_RATES_PER_SECOND_CREATE_STAGE: '1',
  PROSCENIUM_THROTTLES_RATES_PER_SECOND_LIST_PUBLIC_KEYS: '0.0001',
};

describe('The JavaScript SDK against a server that throttles', () => {
  let server: ServerProcess;

  before(async () => {
    server = await startServer({ env });
  });
  after(() => server?.stop());

  function clientWith(settings: { maxAttempts: number; retryMode?: 'standard' | 'adaptive' }): IVSRealTimeClient {
    const { endpoint, region } = server;
    return new IVSRealTimeClient({ endpoint, region, credentials: testAccessKey, ...settings });
  }

  for (const retryMode of ['standard', 'adaptive'] as const) {
    test(`comes through with all calls of a burst in its ${retryMode} mode, and makes nothing twice`, async (t) => {
      const client = clientWith({ maxAttempts: 20, retryMode });
      t.after(() => client.destroy());
      const names = Array.from({ length: calls }, (_, index) => `${retryMode}-${index}`);
      const answers = await Promise.all(names.map((name) => client.send(new CreateStageCommand({ name }))));
      const attempts = answers.map(({ $metadata }) => $metadata.attempts ?? 0);
      t.diagnostic(`${attempts.reduce((sum, each) => sum + each)} attempts for ${calls} calls`);
      assert.ok(attempts.some((each) => each > 1));
      const { stages = [] } = await server.client.send(new ListStagesCommand({ maxResults: 100 }));
      const made = stages.flatMap(({ name = '' }) => (name.startsWith(retryMode) ? [name] : []));
      assert.deepEqual(made.sort(), names.sort());
    });
  }

  test('gives up with a throttling error after so many attempts, while other operations go on', async (t) => {
    const client = clientWith({ maxAttempts: 2 });
    t.after(() => client.destroy());
    await client.send(new ListPublicKeysCommand());
    await assert.rejects(client.send(new ListPublicKeysCommand()), (error) => {
      assert.ok(error instanceof IVSRealTimeServiceException);
      assert.equal(error.name, 'ThrottlingException');
      assert.equal(error.message, 'Rate exceeded');
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.$metadata.attempts, 2);
      return true;
    });
    await client.send(new ListStagesCommand());
  });
});
