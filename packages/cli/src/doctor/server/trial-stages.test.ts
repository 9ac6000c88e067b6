import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { ApiClient } from '../../api/api-client.ts';
import { found, unstopped } from '../found.fixture.ts';
import { answerWith } from './answering.fixture.ts';
import { cleanUpCheck } from './stage.ts';
import { TrialStages } from './trial-stages.ts';

const api = new ApiClient({ accessKeyId: 'A', secretAccessKey: 'b' }, 'us-west-2');
const created = JSON.stringify({ stage: { arn: 'the-stage', endpoints: {} }, participantTokens: [] });

/** A server that answers when it is told to: calls by their order. */
async function serve(t: TestContext) {
  const calls: string[] = [];
  const arrived = {
    CreateStage: Promise.withResolvers<ServerResponse>(),
    DeleteStage: Promise.withResolvers<ServerResponse>(),
  };
  const server = await answerWith(t, async (request, response) => {
    const text = (await request.toArray()).join('');
    const operation = request.url === '/CreateStage' ? 'CreateStage' : 'DeleteStage';
    calls.push(operation === 'CreateStage' ? operation : `${operation} ${JSON.parse(text).arn}`);
    arrived[operation].resolve(response);
    arrived[operation] = Promise.withResolvers();
  });
  return { server, calls, next: (operation: keyof typeof arrived) => arrived[operation].promise };
}

describe('the stages of an examination', () => {
  test('go with it, also one that is made only when it is over', async (t) => {
    const { server, calls, next } = await serve(t);
    const stages = new TrialStages();
    const stop = new AbortController();
    const asked = next('CreateStage');
    const making = assert.rejects(stages.create(server, api, stop.signal), /without the tokens/);
    const answer = await asked;
    stop.abort();
    const deletion = next('DeleteStage');
    const cleaning = cleanUpCheck(stages).run({}, unstopped);
    answer.end(created);
    (await deletion).end('{}');
    assert.deepEqual(found(await cleaning), []);
    assert.deepEqual(calls, ['CreateStage', 'DeleteStage the-stage']);
    await making;
    await assert.rejects(stages.create(server, api, stop.signal), { name: 'AbortError' });
  });

  test('are deleted once more where that is throttled', async (t) => {
    const { server, calls, next } = await serve(t);
    const stages = new TrialStages();
    const [asked, deletion] = [next('CreateStage'), next('DeleteStage')];
    const making = assert.rejects(stages.create(server, api, unstopped), /without the tokens/);
    (await asked).end(created);
    await making;
    const cleaning = cleanUpCheck(stages).run({}, unstopped);
    const throttled = await deletion;
    const again = next('DeleteStage');
    throttled.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{}');
    (await again).end('{}');
    assert.deepEqual(found(await cleaning), []);
    assert.equal(calls.length, 3);
  });

  test('that were refused leave nothing behind, those without an answer may', async (t) => {
    const { server, next } = await serve(t);
    const stages = new TrialStages();
    const first = next('CreateStage');
    const refused = assert.rejects(stages.create(server, api, unstopped), { name: 'ApiRefusal' });
    (await first).writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{}');
    await refused;
    assert.deepEqual(found(await cleanUpCheck(stages).run({}, unstopped)), []);

    const second = next('CreateStage');
    const broken = assert.rejects(stages.create(server, api, unstopped), { code: 'ECONNRESET' });
    (await second).destroy();
    await broken;
    assert.deepEqual(found(await cleanUpCheck(stages).run({}, unstopped)), [
      'warning: a stage of this examination may have been left behind: the connection was broken off',
    ]);
  });
});
