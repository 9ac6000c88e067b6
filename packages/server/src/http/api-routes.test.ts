import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ConflictException,
  operationNames,
  operations,
  ResourceNotFoundException,
  unservedOperations,
} from '@proscenium/model';
import { presign, sign } from '../identity/signer.fixture.ts';
import { type Answer, createStageRequest, fixedClock, stage, startApiServer } from './api-server.fixture.ts';
import { Throttle } from './throttle.ts';
import type { ThrottleRates } from './throttle-rates.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const exposed =
  'Access-Control-Allow-Origin,Access-Control-Expose-Headers,Cache-Control,Content-Length,Content-Security-Policy,' +
  'Content-Type,date,Strict-Transport-Security,x-amz-apigw-id,x-amzn-errormessage,x-amzn-errortype,x-amzn-requestid,' +
  'x-amzn-trace-id,X-Content-Type-Options,X-Frame-Options';

function hasFixedHeaders({ headers }: Answer): void {
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(headers['access-control-expose-headers'], exposed);
  assert.equal(headers['cache-control'], 'no-store, no-cache');
  assert.equal(headers['content-security-policy'], "default-src 'self'; upgrade-insecure-requests;");
  assert.equal(headers['strict-transport-security'], 'max-age:47304000; includeSubDomains');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers.date, 'Sat, 21 Nov 2026 12:00:00 GMT');
  assert.match(String(headers['x-amzn-requestid']), uuid);
}

function isError(answer: Answer, status: number, name: string, body?: object): void {
  assert.equal(answer.headers['x-amzn-errortype'], name);
  assert.equal(answer.status, status);
  assert.equal(answer.headers['content-type'], 'application/json');
  if (body) assert.deepEqual(answer.json(), body);
  hasFixedHeaders(answer);
}

const missingToken = { message: 'Missing Authentication Token' };

describe('An answer of the API', () => {
  test('is 200 with JSON and the fixed headers', async (t) => {
    const { call, calls } = await startApiServer(t);
    const answer = await call({ body: '{"name":"friday-show"}' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['x-amzn-errortype'], undefined);
    hasFixedHeaders(answer);
    assert.deepEqual(answer.json(), { stage, participantTokens: [] });
    const requestId = String(answer.headers['x-amzn-requestid']);
    assert.deepEqual(calls[0]?.call, {
      scope: { account: '123456789012', region: 'us-west-2' },
      requestId,
      principalArn: 'arn:aws:iam::123456789012:user/default',
    });
  });

  test('is empty when the operation has no members to answer with', async (t) => {
    const { call } = await startApiServer(t);
    const answer = await call({ path: '/tags/x', body: '{"tags":{}}' });
    const arn = encodeURIComponent(stage.arn);
    const tagged = await call({ path: `/tags/${arn}`, body: '{"tags":{}}' });
    assert.equal(answer.status, 400);
    assert.equal(tagged.status, 200);
    assert.equal(tagged.text, '');
    hasFixedHeaders(tagged);
  });

  test('has request ids that are never the same', async (t) => {
    const { call } = await startApiServer(t);
    const answers = [await call({}), await call({})];
    assert.notEqual(answers[0]?.headers['x-amzn-requestid'], answers[1]?.headers['x-amzn-requestid']);
  });

  test('never contains null', async (t) => {
    const nothing = null as unknown as undefined;
    const handlers = {
      CreateStage: async () => ({ stage: { ...stage, name: nothing, activeSessionId: undefined } }),
    };
    const { call } = await startApiServer(t, { handlers });
    assert.deepEqual((await call({})).json(), { stage: { arn: stage.arn, tags: {} } });
  });

  test('is for the region of the credential scope', async (t) => {
    const { send, calls } = await startApiServer(t);
    const signed = await sign(createStageRequest, { region: 'eu-west-1', signingDate: fixedClock.now() });
    assert.equal((await send(signed)).status, 200);
    assert.deepEqual(calls[0]?.call.scope, { account: '123456789012', region: 'eu-west-1' });
  });

  test('comes to a presigned request too', async (t) => {
    const { send, calls } = await startApiServer(t);
    const presigned = await presign(createStageRequest, { signingDate: fixedClock.now() });
    assert.equal((await send(presigned)).status, 200);
    assert.equal(calls.length, 1);
  });
});

describe('An error', () => {
  test('that the model has carries its text as exceptionMessage and as message', async (t) => {
    const handlers = {
      CreateStage: async () => {
        throw new ConflictException('The stage is in use');
      },
    };
    const { call } = await startApiServer(t, { handlers });
    const text = 'The stage is in use';
    isError(await call({}), 409, 'ConflictException', { exceptionMessage: text, message: text });
  });

  test('of the front door carries its text as message', async (t) => {
    const { send, calls } = await startApiServer(t);
    const { headers, ...request } = await sign(createStageRequest);
    const { authorization, ...unsigned } = headers;
    isError(await send({ ...request, headers: unsigned }), 403, 'MissingAuthenticationTokenException', missingToken);
    assert.ok(authorization);
    assert.deepEqual(calls, []);
  });

  test('is 501 for an operation that has no handler, known only to a caller who signs', async (t) => {
    const { call, send } = await startApiServer(t, { handlers: {} });
    for (const name of operationNames) {
      const { method, path } = operations[name];
      const request = { method, path: path.replace('{resourceArn}', 'x'), body: '' };
      isError(await call(request), 501, 'NotImplementedException', { message: `${name} is not implemented` });
    }
    const unsigned = { method: 'POST', url: '/CreateStage', headers: { host: 'localhost' }, body: Buffer.from('{}') };
    isError(await send(unsigned), 403, 'MissingAuthenticationTokenException');
  });

  test('is 501 for what else Amazon IVS has, whoever asks', async (t) => {
    const { call, send } = await startApiServer(t);
    for (const name of unservedOperations) {
      const message = `${name} is an operation of Amazon IVS that this server does not have`;
      isError(await call({ method: 'POST', path: `/${name}`, body: '{}' }), 501, 'NotImplementedException', {
        message,
      });
    }
    const unsigned = { method: 'POST', url: '/PutMetadata', headers: { host: 'localhost' }, body: Buffer.from('{}') };
    isError(await send(unsigned), 501, 'NotImplementedException');
  });

  test('is 403 for a path or a method that the API does not have, in whatever body', async (t) => {
    const { call, send } = await startApiServer(t);
    const lines = [
      ['POST', '/createstage'],
      ['POST', '/CreateStage/'],
      ['POST', '//CreateStage'],
      ['POST', '/Create%53tage'],
      ['POST', '/Anything'],
      ['POST', '/'],
      ['GET', '/CreateStage'],
      ['PUT', '/CreateStage'],
      ['HEAD', '/tags/x'],
      ['PATCH', '/tags/x'],
      ['GET', '/tags'],
      ['GET', '/tags/'],
      ['OPTIONS', '/Anything'],
    ] as const;
    for (const [method, path] of lines) {
      const answer = await call({ method, path, body: method === 'HEAD' ? '' : 'no JSON' });
      assert.equal(answer.headers['x-amzn-errortype'], 'MissingAuthenticationTokenException', `${method} ${path}`);
      if (method !== 'HEAD') isError(answer, 403, 'MissingAuthenticationTokenException', missingToken);
    }
    const headers = { host: 'localhost', 'content-type': 'text/plain' };
    const plain = await send({ method: 'POST', url: '/Anything', headers, body: Buffer.from('text') });
    isError(plain, 403, 'MissingAuthenticationTokenException', missingToken);
  });

  test('is 400 for a URL that is not percent-encoded UTF-8', async (t) => {
    const { call } = await startApiServer(t);
    isError(await call({ method: 'GET', path: '/tags/%zz' }), 400, 'MalformedHttpRequestException');
    isError(await call({ method: 'GET', path: '/tags/%ff' }), 400, 'MalformedHttpRequestException');
  });

  test('that nobody expected tells nothing but its request id, which is in the log with the reason', async (t) => {
    const handlers = {
      CreateStage: async () => {
        throw new TypeError('The disk of db.internal is full');
      },
      GetStage: async () => {
        throw Object.assign(new Error('Looks like a client error'), { statusCode: 404 });
      },
    };
    const { call, log } = await startApiServer(t, { handlers });
    const answer = await call({});
    const text = 'Unexpected failure';
    isError(answer, 500, 'InternalServerException', { exceptionMessage: text, message: text });
    const line = log.map((each) => JSON.parse(each)).find(({ requestId }) => requestId);
    assert.equal(line.requestId, answer.headers['x-amzn-requestid']);
    assert.match(line.err.stack, /disk of db.internal is full/);
    isError(
      await call({ path: '/GetStage', body: JSON.stringify({ arn: stage.arn }) }),
      500,
      'InternalServerException',
    );
  });

  test('is written nowhere in the log when it is the caller’s', async (t) => {
    const handlers = {
      CreateStage: async () => {
        throw new ResourceNotFoundException('Nothing there');
      },
    };
    const { call, log } = await startApiServer(t, { handlers });
    const before = log.length;
    isError(await call({}), 404, 'ResourceNotFoundException');
    assert.equal(log.length, before);
  });

  test('is 500, and no half answer, when the response cannot be written', async (t) => {
    const handlers = {
      CreateStage: async () => ({ stage, participantTokens: [{ expirationTime: new Date(Number.NaN) }] }),
    };
    const { call } = await startApiServer(t, { handlers });
    isError(await call({}), 500, 'InternalServerException');
  });

  test('is 403 for a host that the server does not answer to', async (t) => {
    const { call, calls } = await startApiServer(t);
    for (const method of ['POST', 'OPTIONS']) {
      isError(await call({ method, headers: { host: 'rebound.example:80' } }), 403, 'AccessDeniedException');
    }
    isError(await call({ path: '/x', headers: { host: 'rebound.example' } }), 403, 'AccessDeniedException');
    assert.deepEqual(calls, []);
    assert.equal((await call({ headers: { host: 'localhost:4000' } })).status, 200);
  });

  test('is 400 when calls come faster than the operation’s rate', async (t) => {
    const rates = Object.fromEntries(operationNames.map((name) => [name, 2])) as ThrottleRates;
    let now = fixedClock.now();
    const { call } = await startApiServer(t, { throttle: new Throttle(rates), clock: { now: () => now } });
    assert.equal((await call({})).status, 200);
    assert.equal((await call({})).status, 200);
    const refused = await call({});
    isError(refused, 400, 'ThrottlingException', { message: 'Rate exceeded' });
    now = new Date(now.getTime() + 500);
    assert.equal((await call({})).status, 200);
  });
});

describe('A preflight', () => {
  test('is answered on the paths of the API without a signature', async (t) => {
    const { send } = await startApiServer(t);
    for (const url of ['/CreateStage', '/tags/x%2Fy']) {
      const answer = await send({ method: 'OPTIONS', url, headers: { host: 'localhost' }, body: Buffer.alloc(0) });
      assert.equal(answer.status, 200);
      assert.equal(answer.text, '');
      assert.equal(answer.headers['access-control-allow-methods'], 'GET,POST,DELETE,OPTIONS');
      assert.equal(answer.headers['access-control-allow-headers'], '*');
      hasFixedHeaders(answer);
    }
  });
});

describe('Routes beside the API', () => {
  test('get none of its headers, parsers and errors', async (t) => {
    const { send } = await startApiServer(t, {
      addRoutes(fastify) {
        fastify.post('/whip/:stageId', async (request) => ({ got: request.body }));
      },
    });
    const post = (type: string, body: string) =>
      send({
        method: 'POST',
        url: '/whip/x',
        headers: { host: 'anywhere.example', 'content-type': type, 'content-length': String(body.length) },
        body: Buffer.from(body),
      });
    const answer = await post('application/json', '{"a":1}');
    assert.deepEqual(answer.json(), { got: { a: 1 } });
    for (const name of [
      'strict-transport-security',
      'content-security-policy',
      'x-amzn-requestid',
      'x-frame-options',
    ]) {
      assert.equal(answer.headers[name], undefined);
    }
    assert.equal((await post('application/json', '{')).headers['x-amzn-errortype'], undefined);
    assert.equal((await post('application/sdp', 'v=0')).status, 415);
  });
});
