import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stage, startApiServer } from './api-server.fixture.ts';

const tagsPath = `/tags/${encodeURIComponent(stage.arn)}`;

describe('A body', () => {
  test('may be missing, which is as an empty object', async (t) => {
    const { call, calls } = await startApiServer(t);
    assert.equal((await call({ body: '' })).status, 200);
    assert.equal((await call({ body: '', headers: {} })).status, 200);
    assert.deepEqual(calls[0]?.request, {});
  });

  test('that is no JSON object in UTF-8 is refused', async (t) => {
    const { call, calls } = await startApiServer(t);
    const bodies: (string | Uint8Array)[] = [
      'null',
      '[]',
      '"text"',
      '17',
      'true',
      ' ',
      '{',
      '{} trailing',
      '{}{}',
      "{'name':'a'}",
      '{"name":"a",}',
      'name=a',
      Buffer.from('{"name":"\xff"}', 'latin1'),
      Buffer.from('{"name":"\xed\xa0\x80"}', 'latin1'),
      '['.repeat(500_000),
    ];
    for (const body of bodies) {
      const answer = await call({ body });
      assert.equal(answer.headers['x-amzn-errortype'], 'SerializationException', String(body).slice(0, 20));
      assert.equal(answer.status, 400);
      assert.deepEqual(Object.keys(answer.json() as object), ['message']);
    }
    assert.deepEqual(calls, []);
  });

  test('is not repeated in the refusal', async (t) => {
    const { call } = await startApiServer(t);
    assert.ok(!(await call({ body: '{"name": secret-token}' })).text.includes('secret'));
  });

  test('has the last of several members of a name, and none that the operation does not know', async (t) => {
    const { call, calls } = await startApiServer(t);
    const body = '{"name":"first","unknown":{"a":1},"name":"last","__proto__":{"tags":{"a":"b"}},"constructor":1}';
    assert.equal((await call({ body })).status, 200);
    assert.deepEqual(calls[0]?.request, { name: 'last' });
  });

  test('has names like __proto__ as plain data', async (t) => {
    const { call, calls } = await startApiServer(t);
    assert.equal((await call({ body: '{"tags":{"__proto__":"a","constructor":"b"}}' })).status, 200);
    assert.equal(JSON.stringify(calls[0]?.request), '{"tags":{"__proto__":"a","constructor":"b"}}');
    assert.equal(Reflect.get({}, 'a'), undefined);
  });

  test('has null for what is absent, but not inside a list or a map', async (t) => {
    const { call, calls } = await startApiServer(t);
    assert.equal((await call({ body: '{"name":null,"tags":null}' })).status, 200);
    assert.deepEqual(calls[0]?.request, {});
    for (const body of ['{"tags":{"a":null}}', '{"participantTokenConfigurations":[null]}']) {
      assert.equal((await call({ body })).status, 400);
    }
  });

  test('is never coerced into another type', async (t) => {
    const { call } = await startApiServer(t);
    const configuration = (member: string) => `{"participantTokenConfigurations":[{${member}}]}`;
    const bodies = [
      configuration('"duration":1.5'),
      configuration('"duration":1e300'),
      configuration('"duration":"60"'),
      configuration('"capabilities":"PUBLISH"'),
      '{"name":17}',
      '{"name":{}}',
      '{"tags":[]}',
    ];
    for (const body of bodies) {
      const answer = await call({ body });
      assert.equal(answer.status, 400, body);
      assert.equal(answer.headers['x-amzn-errortype'], 'SerializationException', body);
    }
  });

  test('that breaks constraints is refused with all of them, and nothing else than a refusal comes of a deep one', async (t) => {
    const { call } = await startApiServer(t);
    const answer = await call({ body: '{"name":"a b","tags":{"":""}}' });
    assert.equal(answer.headers['x-amzn-errortype'], 'ValidationException');
    const { exceptionMessage, message } = answer.json() as Record<string, string>;
    assert.match(String(exceptionMessage), /^2 validation errors detected: /);
    assert.equal(message, exceptionMessage);
    const deep = `{"name":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`;
    assert.equal((await call({ body: deep })).status, 400);
  });

  test('may say that it is application/json with parameters, or nothing', async (t) => {
    const { call } = await startApiServer(t);
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8']) {
      assert.equal((await call({ headers: { 'content-type': type } })).status, 200, type);
    }
    assert.equal((await call({ headers: {} })).status, 200);
  });

  test('of another content type is refused', async (t) => {
    const { call, calls } = await startApiServer(t);
    const types = [
      'text/plain',
      'application/x-amz-json-1.1',
      'application/jsonp',
      'multipart/form-data',
      'nonsense',
      '',
    ];
    for (const type of types) {
      const answer = await call({ headers: { 'content-type': type } });
      assert.equal(answer.status, 415, type);
      assert.equal(answer.headers['x-amzn-errortype'], 'UnsupportedMediaTypeException', type);
    }
    assert.deepEqual(calls, []);
  });
});

describe('A path and a query', () => {
  test('carry an ARN, encoded or not, in every spelling', async (t) => {
    const { call, calls } = await startApiServer(t);
    const lowerCase = tagsPath.replace(/%../g, (hex) => hex.toLowerCase());
    for (const path of [tagsPath, lowerCase, `/tags/${stage.arn}`]) {
      assert.equal((await call({ method: 'GET', path, body: '', headers: {} })).status, 200, path);
    }
    assert.deepEqual(
      calls.map(({ request }) => request),
      Array(3).fill({ resourceArn: stage.arn }),
    );
  });

  test('carry an ARN of 128 characters and refuse a longer one', async (t) => {
    const { call, calls } = await startApiServer(t);
    const prefix = 'arn:aws:ivs:us-west-2:123456789012:stage/';
    const longest = prefix.padEnd(128, 'a');
    const get = (arn: string) =>
      call({ method: 'GET', path: `/tags/${encodeURIComponent(arn)}`, body: '', headers: {} });
    assert.equal((await get(longest)).status, 200);
    assert.deepEqual(calls[0]?.request, { resourceArn: longest });
    const refused = await get(`${longest}a`);
    assert.equal(refused.headers['x-amzn-errortype'], 'ValidationException');
    assert.equal((await get(prefix.padEnd(10_000, 'a'))).status, 400);
  });

  test('carry keys of tags, one for each parameter, whatever characters they have', async (t) => {
    const { call, calls } = await startApiServer(t);
    const tagKeys = ['a', 'b c', 'd+e', 'ü/€', '='];
    assert.equal((await call({ method: 'DELETE', path: tagsPath, query: { tagKeys }, body: '' })).status, 200);
    assert.deepEqual(calls[0]?.request, { resourceArn: stage.arn, tagKeys });
    const missing = await call({ method: 'DELETE', path: tagsPath, body: '' });
    assert.equal(missing.headers['x-amzn-errortype'], 'ValidationException');
    const broken = await call({ method: 'DELETE', path: `${tagsPath}`, query: { other: '1' }, body: '' });
    assert.equal(broken.status, 400);
  });

  test('alone carry what travels there: a body cannot name another resource', async (t) => {
    const { call, calls } = await startApiServer(t);
    await call({ path: tagsPath, body: '{"resourceArn":"arn:aws:ivs:us-west-2:1:stage/other","tags":{"a":"b"}}' });
    await call({ method: 'DELETE', path: tagsPath, query: { tagKeys: 'a' }, body: '{"tagKeys":["b"]}' });
    await call({ query: { name: 'from-the-query' } });
    assert.deepEqual(JSON.parse(JSON.stringify(calls.map(({ request }) => request))), [
      { resourceArn: stage.arn, tags: { a: 'b' } },
      { resourceArn: stage.arn, tagKeys: ['a'] },
      {},
    ]);
  });
});
