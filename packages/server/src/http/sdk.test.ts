import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateStageCommand,
  GetStageCommand,
  IVSRealTimeClient,
  type IVSRealTimeClientConfig,
  IVSRealTimeServiceException,
  ListStagesCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException as SdkResourceNotFoundException,
  StartParticipantReplicationCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ivs-realtime';
import { operationNames, ResourceNotFoundException } from '@proscenium/model';
import { systemClock } from '../clock.ts';
import { accessKey } from '../identity/signer.fixture.ts';
import { type ApiServerOptions, stage, startApiServer } from './api-server.fixture.ts';
import type { Handlers } from './handlers.ts';
import { Throttle } from './throttle.ts';
import type { ThrottleRates } from './throttle-rates.ts';

type Test = Parameters<typeof startApiServer>[0];

async function start(t: Test, options: ApiServerOptions = {}, client: IVSRealTimeClientConfig = {}) {
  const server = await startApiServer(t, { clock: systemClock, ...options });
  const sdk = new IVSRealTimeClient({
    endpoint: `http://localhost:${server.port}`,
    region: 'us-west-2',
    credentials: accessKey,
    maxAttempts: 1,
    ...client,
  });
  t.after(() => sdk.destroy());
  return { ...server, sdk };
}

async function errorOf(call: Promise<unknown>): Promise<IVSRealTimeServiceException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof IVSRealTimeServiceException, String(error));
    return error;
  }
  return assert.fail('was accepted');
}

describe('The JavaScript SDK', () => {
  test('calls operations and reads their answers, dates as dates', async (t) => {
    const expirationTime = new Date('2026-11-22T08:00:00Z');
    const handlers: Handlers = {
      CreateStage: async ({ name }) => ({ stage: { ...stage, name }, participantTokens: [{ expirationTime }] }),
    };
    const { sdk } = await start(t, { handlers });
    const created = await sdk.send(new CreateStageCommand({ name: 'friday-show' }));
    assert.equal(created.stage?.name, 'friday-show');
    assert.deepEqual(created.participantTokens?.[0]?.expirationTime, expirationTime);
    assert.equal(created.$metadata.httpStatusCode, 200);
    assert.match(String(created.$metadata.requestId), /^[0-9a-f-]{36}$/);
  });

  test('tags by ARNs and keys of odd characters', async (t) => {
    const { sdk, calls } = await start(t);
    const tagKeys = ['a b', 'ünï €', 'x+y', '=&?/', '😀', "!'()*"];
    const { tags } = await sdk.send(new ListTagsForResourceCommand({ resourceArn: stage.arn }));
    await sdk.send(new TagResourceCommand({ resourceArn: stage.arn, tags: { 'a b': 'ü' } }));
    await sdk.send(new UntagResourceCommand({ resourceArn: stage.arn, tagKeys }));
    assert.deepEqual(tags, { 'odd ünï': '=' });
    const requests = calls.map(({ operation, request }) => [operation, request]);
    assert.deepEqual(JSON.parse(JSON.stringify(requests)), [
      ['ListTagsForResource', { resourceArn: stage.arn }],
      ['TagResource', { resourceArn: stage.arn, tags: { 'a b': 'ü' } }],
      ['UntagResource', { resourceArn: stage.arn, tagKeys }],
    ]);
    const odd = await errorOf(sdk.send(new ListTagsForResourceCommand({ resourceArn: 'arn:ü %2F/?#+' })));
    assert.equal(odd.name, 'ValidationException');
    assert.match(odd.message, /arn:ü %2F\/\?#\+/);
  });

  test('sees an error of the model with its class, name, text, status and request id', async (t) => {
    const handlers: Handlers = {
      GetStage: async () => {
        throw new ResourceNotFoundException('Stage not found');
      },
    };
    const { sdk } = await start(t, { handlers });
    const error = await errorOf(sdk.send(new GetStageCommand({ arn: stage.arn })));
    assert.ok(error instanceof SdkResourceNotFoundException);
    assert.equal(error.name, 'ResourceNotFoundException');
    assert.equal(error.message, 'Stage not found');
    assert.equal(error.exceptionMessage, 'Stage not found');
    assert.equal(error.$fault, 'client');
    assert.equal(error.$metadata.httpStatusCode, 404);
    assert.match(String(error.$metadata.requestId), /^[0-9a-f-]{36}$/);
    assert.equal(error.xFrameOptions, 'DENY');
  });

  test('sees errors of the front door with name, text, status and request id', async (t) => {
    const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER' };
    const wrong = { ...accessKey, secretAccessKey: 'wrong' };
    const cases = [
      [{ credentials: stranger }, 'UnrecognizedClientException', 403, /security token/],
      [{ credentials: wrong }, 'InvalidSignatureException', 403, /signature/],
      [{ credentials: { ...accessKey, sessionToken: 'token' } }, 'UnrecognizedClientException', 403, /security token/],
      [{ region: 'mars-north-1' }, 'InvalidSignatureException', 403, /valid region/],
      [{}, 'NotImplementedException', 501, /ListStages is not implemented/],
    ] as const;
    for (const [client, name, status, text] of cases) {
      const { sdk } = await start(t, {}, client);
      const error = await errorOf(sdk.send(new ListStagesCommand()));
      assert.equal(error.name, name);
      assert.equal(error.$metadata.httpStatusCode, status);
      assert.match(error.message, text);
      assert.match(String(error.$metadata.requestId), /^[0-9a-f-]{36}$/);
    }
  });

  test('tries again when it is throttled', async (t) => {
    const rates = Object.fromEntries(operationNames.map((name) => [name, 20])) as ThrottleRates;
    const { sdk, calls } = await start(t, { throttle: new Throttle(rates) }, { maxAttempts: 5 });
    await Promise.all(Array.from({ length: 25 }, () => sdk.send(new CreateStageCommand())));
    assert.equal(calls.length, 25);
  });

  test('with a wrong clock is refused, and right at its second attempt by the server’s Date', async (t) => {
    const hours = 3_600_000;
    const ahead = { now: () => new Date(Date.now() + 2 * hours) };
    const { sdk: once } = await start(t, { clock: ahead });
    const error = await errorOf(once.send(new CreateStageCommand()));
    assert.equal(error.name, 'InvalidSignatureException');
    assert.match(error.message, /^Signature expired: /);
    const { sdk, calls } = await start(t, { clock: ahead }, { maxAttempts: 2 });
    await sdk.send(new CreateStageCommand());
    assert.equal(calls.length, 1);
  });

  test('gets the header members of an answer that models them', async (t) => {
    const handlers = { StartParticipantReplication: async () => ({}) };
    const { sdk } = await start(t, { handlers });
    const request = {
      sourceStageArn: stage.arn,
      destinationStageArn: `${stage.arn.slice(0, -1)}i`,
      participantId: 'pHostAAAA001',
    };
    const answer = await sdk.send(new StartParticipantReplicationCommand(request));
    assert.equal(answer.accessControlAllowOrigin, '*');
    assert.equal(answer.strictTransportSecurity, 'max-age:47304000; includeSubDomains');
    assert.equal(answer.xContentTypeOptions, 'nosniff');
  });
});
