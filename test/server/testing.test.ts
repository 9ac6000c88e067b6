import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  CreateEncoderConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  IVSRealTimeClient,
  ListEncoderConfigurationsCommand,
  ListStagesCommand,
  ListStorageConfigurationsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const withoutMedia = { PROSCENIUM_MEDIA_WORKERS: '0' };
const throttled = {
  PROSCENIUM_THROTTLES_ENABLED: 'true',
  PROSCENIUM_THROTTLES_RATES_PER_SECOND_LIST_STORAGE_CONFIGURATIONS: '0.001',
};

let server: ServerProcess;
before(async () => {
  server = await startServer({ env: { ...withoutMedia, ...throttled, PROSCENIUM_TESTING_ENABLED: 'true' } });
});
after(() => server.stop());
afterEach(async () => {
  assert.deepEqual(await order('POST', 'reset', {}), {});
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

async function send(method: Method, path: string, body?: object, headers: Record<string, string> = {}) {
  return fetch(`${server.endpoint}/proscenium/testing/${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a client without types
async function order(method: Method, path: string, body?: object): Promise<any> {
  const answer = await send(method, path, body);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text);
}

async function refusal(...order: Parameters<typeof send>): Promise<[number, string]> {
  const answer = await send(...order);
  const { message } = (await answer.json()) as { message: string };
  return [answer.status, message];
}

/** The answer to a publisher's request, without media: 503 for a good token, by the server's time. */
async function publishStatus(whipUrl: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  return (await fetch(whipUrl, { method: 'POST', headers, body: 'v=0' })).status;
}

/** A client that tries so often, and waits at most so long. */
function clientWith(settings: { maxAttempts: number; requestTimeout?: number }): IVSRealTimeClient {
  const { maxAttempts, requestTimeout } = settings;
  return new IVSRealTimeClient({
    endpoint: server.endpoint,
    region: server.region,
    credentials: testAccessKey,
    maxAttempts,
    ...(requestTimeout !== undefined && { requestHandler: { requestTimeout, throwOnRequestTimeout: true } }),
  });
}

describe('test control', () => {
  test('is told by a loud line at the start', async () => {
    await until(
      async () => server.log(),
      (log) => /"level":40,.*TESTING IS ON/.test(log),
    );
  });

  test('is not there unless it is turned on', async (t) => {
    const plain = await startServer({ env: withoutMedia });
    t.after(() => plain.stop());
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${plain.endpoint}/proscenium/testing/reset`, { method: 'POST', headers, body: '{}' });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
    assert.doesNotMatch(plain.log(), /TESTING/);
  });

  test('does nothing that a page of another site can send, nothing for a proxy, nothing under a false name', async () => {
    const { stage } = await server.client.send(new CreateStageCommand());
    const asForm = { 'content-type': 'text/plain' };
    assert.deepEqual(await refusal('POST', 'reset', {}, asForm), [415, 'Content-Type must be application/json']);
    assert.equal((await send('POST', 'reset')).status, 415);
    assert.equal((await send('POST', 'reset', {}, { 'x-forwarded-for': '192.0.2.1' })).status, 403);
    const { port } = new URL(server.endpoint);
    const headers = { host: 'rebound.example', 'content-type': 'application/json' };
    const rebound = request({ port, method: 'POST', path: '/proscenium/testing/reset', headers });
    rebound.end('{}');
    const [answer] = await once(rebound, 'response');
    answer.resume();
    assert.equal(answer.statusCode, 421);
    const { stages } = await server.client.send(new ListStagesCommand());
    assert.deepEqual(
      stages?.map(({ arn }) => arn),
      [stage?.arn],
    );
  });
});

describe('the clock', () => {
  test('makes tokens expire, while calls that are signed by the real time go on to be accepted', async () => {
    const stage = await TestStage.create(server, []);
    const command = new CreateParticipantTokenCommand({ stageArn: stage.arn, duration: 15 });
    const { participantToken } = await server.client.send(command);
    const token = participantToken?.token ?? '';
    await order('POST', 'clock', { advanceSeconds: 14 * 60 });
    assert.equal(await publishStatus(stage.whipUrl, token), 503);
    const { aheadSeconds } = await order('POST', 'clock', { advanceSeconds: 61 });
    assert.equal(aheadSeconds, 15 * 60 + 1);
    assert.equal(await publishStatus(stage.whipUrl, token), 401);

    const later = await server.client.send(command);
    const expiresInMs = Number(later.participantToken?.expirationTime) - Date.now();
    assert.ok(expiresInMs > 29 * 60_000, `${expiresInMs}`);
    const date = (await fetch(`${server.endpoint}/ListStages`, { method: 'POST' })).headers.get('date');
    assert.ok(Math.abs(Date.parse(date ?? '') - Date.now()) < 60_000);
  });

  test('has things happen at their time on the way, and is done when they are', async () => {
    const stage = await TestStage.create(server, ['alice']);
    const socket = await connectEvents(stage.invited('alice').token);
    const sessionId = await stage.activeSessionId();
    socket.close();
    await socket.closed;
    await stage.untilEvent(sessionId, stage.invited('alice').participantId, 'JOINED');
    // The participant is waited for, then the session: 150 s in all by default.
    await order('POST', 'clock', { advanceSeconds: 3_600 });
    assert.equal(await stage.activeSessionId(), '');
    const [session] = await stage.sessions();
    const lastedSeconds = (Number(session?.endTime) - Number(session?.startTime)) / 1_000;
    assert.ok(lastedSeconds >= 119 && lastedSeconds < 600, `${lastedSeconds}`);
  });

  test('refuses what is no time to advance', async () => {
    for (const wrong of [
      { advanceSeconds: -1 },
      { advanceSeconds: '60' },
      { seconds: 60 },
      {},
      { advanceSeconds: 1e12 },
    ]) {
      assert.equal((await send('POST', 'clock', wrong)).status, 400);
    }
    assert.equal((await order('GET', 'clock')).aheadSeconds, 0);
  });
});

describe('reset', () => {
  test('removes all resources of all regions, and throws everybody out', async () => {
    const stage = await TestStage.create(server, ['alice']);
    const { token } = stage.invited('alice');
    const socket = await connectEvents(token);
    const elsewhere = new IVSRealTimeClient({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: testAccessKey,
    });
    const s3 = { bucketName: 'recordings' };
    for (const client of [server.client, elsewhere]) {
      await client.send(new CreateStageCommand());
      await client.send(new CreateEncoderConfigurationCommand({}));
      const { storageConfiguration } = await client.send(new CreateStorageConfigurationCommand({ s3 }));
      const storageConfigurationArn = storageConfiguration?.arn;
      await client.send(new CreateStageCommand({ autoParticipantRecordingConfiguration: { storageConfigurationArn } }));
    }
    await order('POST', 'clock', { advanceSeconds: 86_400 });
    await order('PUT', 'failures/ListStages', { error: 'InternalServerException' });

    await order('POST', 'reset', {});
    assert.match((await socket.closed).reason, /stage-deleted/);
    assert.equal(await publishStatus(stage.whipUrl, token), 404);
    for (const client of [server.client, elsewhere]) {
      assert.deepEqual((await client.send(new ListStagesCommand())).stages, []);
      assert.deepEqual((await client.send(new ListEncoderConfigurationsCommand())).encoderConfigurations, []);
    }
    assert.equal((await order('GET', 'clock')).aheadSeconds, 0);
    assert.deepEqual(await order('GET', 'failures'), {});
    const anew = await TestStage.create(server, ['alice']);
    await connectEvents(anew.invited('alice').token);
    elsewhere.destroy();
  });

  test('lets the keys of the server be: a token of before names a stage that is gone, but is genuine', async () => {
    const stage = await TestStage.create(server, ['alice']);
    const { token } = stage.invited('alice');
    await order('POST', 'reset', {});
    assert.equal(await publishStatus(stage.whipUrl, token), 404);
    assert.equal(await publishStatus(stage.whipUrl, `${token.slice(0, -8)}AAAAAAAA`), 401);
  });

  test('lets throttled callers start afresh', async () => {
    const client = clientWith({ maxAttempts: 1 });
    const list = () => client.send(new ListStorageConfigurationsCommand());
    await list();
    await assert.rejects(list(), { name: 'ThrottlingException' });
    await order('POST', 'reset', {});
    await list();
    client.destroy();
  });
});

describe('an injected failure', () => {
  const create = () => new CreateStageCommand({ name: 'unlucky' });

  test('is the error of so many calls, and then of none', async () => {
    const client = clientWith({ maxAttempts: 1 });
    const failure = { error: 'ConflictException', message: 'Once more', times: 2 };
    assert.deepEqual(await order('PUT', 'failures/CreateStage', failure), { CreateStage: failure });
    for (const left of [{ CreateStage: { ...failure, times: 1 } }, {}]) {
      await assert.rejects(client.send(create()), { name: 'ConflictException', message: 'Once more' });
      assert.deepEqual(await order('GET', 'failures'), left);
    }
    await client.send(create());
    assert.equal((await client.send(new ListStagesCommand())).stages?.length, 1);
    client.destroy();
  });

  for (const [what, failure] of Object.entries({
    'an error that is worth another attempt': { error: 'ThrottlingException' },
    'a status of something in front of the service': { status: 502 },
    'a connection that ends without an answer': { connection: 'drop' },
  })) {
    test(`makes a client of the SDK try again: ${what}`, async () => {
      const patient = clientWith({ maxAttempts: 3 });
      await order('PUT', 'failures/CreateStage', { ...failure, times: 2 });
      const { $metadata } = await patient.send(create());
      assert.equal($metadata.attempts, 3);
      await order('PUT', 'failures/CreateStage', { ...failure, times: 3 });
      await assert.rejects(patient.send(create()), ({ $metadata }: { $metadata: { attempts: number } }) => {
        assert.equal($metadata.attempts, 3);
        return true;
      });
      patient.destroy();
    });
  }

  test('answers a bare status as a proxy would', async () => {
    await order('PUT', 'failures/ListStages', { status: 429 });
    const client = clientWith({ maxAttempts: 1 });
    await assert.rejects(
      client.send(new ListStagesCommand()),
      (error: { name: string; $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.$metadata.httpStatusCode, 429);
        assert.notEqual(error.name, 'ServiceUnavailable');
        return true;
      },
    );
    client.destroy();
  });

  test('comes late, or is nothing but late', async () => {
    const hasty = clientWith({ maxAttempts: 1, requestTimeout: 200 });
    await order('PUT', 'failures/ListStages', { delayMs: 60_000, times: 1 });
    await assert.rejects(hasty.send(new ListStagesCommand()), { name: 'TimeoutError' });
    await order('PUT', 'failures/ListStages', { delayMs: 1, times: 1 });
    await server.client.send(new ListStagesCommand());
    hasty.destroy();
  });

  test('waits for calls whose signature is accepted', async () => {
    await order('PUT', 'failures/ListStages', { error: 'InternalServerException', times: 1 });
    const stranger = server.clientWith({ ...testAccessKey, secretAccessKey: 'wrong' });
    await assert.rejects(stranger.send(new ListStagesCommand()), { name: 'InvalidSignatureException' });
    stranger.destroy();
    assert.equal((await order('GET', 'failures')).ListStages.times, 1);
  });

  test('holds for its operation until it is taken back', async () => {
    const client = clientWith({ maxAttempts: 1 });
    await order('PUT', 'failures/ListStages', { error: 'AccessDeniedException' });
    await order('PUT', 'failures/CreateStage', { error: 'PendingVerification' });
    for (let call = 0; call < 3; call += 1) {
      await assert.rejects(client.send(new ListStagesCommand()), { name: 'AccessDeniedException' });
    }
    await order('DELETE', 'failures/ListStages');
    await client.send(new ListStagesCommand());
    await assert.rejects(client.send(create()), { name: 'PendingVerification' });
    assert.deepEqual(await order('DELETE', 'failures'), {});
    await client.send(create());
    client.destroy();
  });

  test('is refused when it makes no sense, and says why', async () => {
    for (const [path, body, status, says] of [
      ['CreateStag', { error: 'ConflictException' }, 404, /no operation CreateStag/],
      ['CreateStage', { error: 'Conflict' }, 400, /must be one of .*ConflictException/],
      ['CreateStage', {}, 400, /Say how calls fail/],
      ['CreateStage', { times: 2 }, 400, /Say how calls fail/],
      ['CreateStage', { error: 'ConflictException', status: 409 }, 400, /in one way/],
      ['CreateStage', { status: 200 }, 400, /status must be >= 400/],
      ['CreateStage', { connection: 'reset' }, 400, /^connection /],
      ['CreateStage', { status: 500, message: 'x' }, 400, /"message" goes with "error"/],
      ['CreateStage', { error: 'ConflictException', times: 0 }, 400, /times must be >= 1/],
      ['CreateStage', { eror: 'ConflictException' }, 400, /additional properties/],
    ] as const) {
      const [answered, message] = await refusal('PUT', `failures/${path}`, body);
      assert.equal(answered, status);
      assert.match(message, says);
    }
    assert.deepEqual(await order('GET', 'failures'), {});
  });
});
