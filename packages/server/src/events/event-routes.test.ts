import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { permissionsBy } from '../access/permissions.fixture.ts';
import { unrestricted } from '../access/unrestricted.fixture.ts';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { fixedClock, silentLogger, startApiServer } from '../http/api-server.fixture.ts';
import { type AccessKeys, createAccessKeys } from '../identity/access-keys.ts';
import { accessKey, type PlainRequest, presign, sign } from '../identity/signer.fixture.ts';
import { loadPageTokens } from '../pagination/page-tokens.ts';
import { until } from '../until.fixture.ts';
import { DeadLetters } from './dead-letters.ts';
import { eventRoutes } from './event-routes.ts';
import { EventStreams } from './event-streams.ts';
import type { EventTarget, Outcome } from './event-target.ts';
import { startOutbox } from './outbox.fixture.ts';
import { happening } from './service-event.fixture.ts';
import type { ServiceEvent } from './service-event.ts';

const routes = '/proscenium/events';
const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER', account: '210987654321' };

/** Events as `startEvents` wires them, behind signed routes, with one target that does as it is told. */
async function startServer(
  t: TestContext,
  {
    eventsKept = 100,
    permissions = unrestricted,
    accessKeys = createAccessKeys([accessKey, stranger]) as AccessKeys,
  } = {},
) {
  const store = await openTestStore(t);
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const delivered: string[] = [];
  let outcome: Outcome = 'delivered';
  const target: EventTarget = {
    name: 'hook',
    batchSize: 10,
    deliver: async (events) => {
      if (outcome === 'delivered') delivered.push(...events.map(({ id }) => id));
      return events.map(() => outcome);
    },
    close: () => {},
  };
  const { outbox, record } = await startOutbox(t, { clock, store, targets: [target], limits: { eventsKept } });
  const streams = new EventStreams(outbox, { store, clock, logger: silentLogger, eventsKept });
  const deadLetters = new DeadLetters({ store, clock, outbox, pageTokens: await loadPageTokens(store) });
  const responses: IncomingMessage[] = [];
  // Before the server closes, which waits for those who are connected.
  t.after(async () => {
    for (const response of responses) response.destroy();
    await streams.close();
  });
  const signed = {
    accessKeys,
    clock: fixedClock,
    regions: ['us-west-2', 'eu-west-1'],
    bodyLimitBytes: 10_000,
  };
  const server = await startApiServer(t, {
    addRoutes: (fastify) =>
      fastify.register(eventRoutes, {
        ...signed,
        prefix: routes,
        hosts: ['localhost'],
        logger: silentLogger,
        permissions,
        deadLetters,
        streams,
      }),
  });
  type Signing = Parameters<typeof sign>[1];
  async function call(plain: Omit<PlainRequest, 'path'> & { path: string }, signing: Signing = {}) {
    const path = `${routes}${plain.path}`;
    const answer = await server.send(await sign({ ...plain, path }, { signingDate: fixedClock.now(), ...signing }));
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as a client without types does
    return { status: answer.status, body: JSON.parse(answer.text) as any };
  }
  async function head(path: string): Promise<IncomingMessage> {
    const plain = { method: 'HEAD', path: `${routes}${path}` };
    const { url, headers } = await sign(plain, { signingDate: fixedClock.now() });
    const address = { host: '127.0.0.1', port: server.port, method: 'HEAD', path: url };
    const outgoing = request({ ...address, headers, setHost: false, agent: false });
    const [response] = (await once(outgoing.end(), 'response')) as [IncomingMessage];
    responses.push(response);
    return response;
  }
  const list = (query: Record<string, string> = {}, signing?: Signing) =>
    call({ method: 'GET', path: '/dead-letters', query }, signing);
  const replay = (body?: object, signing?: Signing) =>
    call({ method: 'POST', path: '/dead-letters/replay', body: body && JSON.stringify(body) }, signing);

  /** A connection to the stream, and what comes by it. */
  async function follow({
    query,
    headers = {},
    signing = {},
    signer = sign,
  }: {
    query?: Record<string, string>;
    headers?: Record<string, string>;
    signing?: Signing;
    signer?: typeof sign;
  } = {}) {
    const path = `${routes}/stream`;
    const wire = await signer({ method: 'GET', path, query }, { signingDate: fixedClock.now(), ...signing });
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      path: wire.url,
      headers: { ...wire.headers, ...headers },
      setHost: false,
      agent: false,
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    responses.push(response);
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    // The first heartbeat, or what is wrong.
    await once(response, 'data');
    /** Resolves with all messages so far, when there are as many. */
    async function messages(count: number) {
      for (;;) {
        const blocks = text.split('\n\n').slice(0, -1);
        const data = blocks.filter((block) => block.startsWith('id: '));
        if (data.length >= count) return data.map(readMessage);
        await once(response, 'data');
      }
    }
    return { response, messages, text: () => text };
  }
  return {
    store,
    clock,
    record,
    delivered,
    list,
    replay,
    follow,
    call,
    head,
    streams,
    /** What becomes of events from now on. */
    answerWith: (next: Outcome) => {
      outcome = next;
    },
  };
}

function readMessage(block: string): { id: string; event: { id: string; detail: { number: number } } } {
  const [, id = '', data = ''] = /^id: (.*)\ndata: (.*)$/.exec(block) ?? [];
  return { id, event: JSON.parse(data) };
}

function numbers(messages: readonly { event: { detail: { number: number } } }[]): number[] {
  return messages.map(({ event }) => event.detail.number);
}

const ofStranger = (event: ServiceEvent): ServiceEvent => ({
  ...event,
  scope: { account: stranger.account, region: scope.region },
});

test('dead letters are listed newest first, page by page, with the reason', async (t) => {
  const { record, list, answerWith } = await startServer(t);
  answerWith({ refused: 'HTTP 400' });
  for (let number = 0; number < 3; number += 1) await record(happening('a', number));
  await until(async () => (await list()).body.deadLetters.length === 3);

  const first = await list({ maxResults: '2' });
  assert.equal(first.status, 200);
  const [newest] = first.body.deadLetters;
  assert.deepEqual(
    { ...newest, event: newest.event.detail.number },
    { target: 'hook', time: '2026-11-21T20:00:00Z', reason: 'HTTP 400', event: 2 },
  );
  const second = await list({ maxResults: '2', nextToken: first.body.nextToken });
  assert.deepEqual(numbers([...first.body.deadLetters, ...second.body.deadLetters]), [2, 1, 0]);
  assert.equal(second.body.nextToken, undefined);
  assert.equal((await list({ target: 'other' })).body.deadLetters.length, 0);
});

test('dead letters of other accounts and regions are nobody’s business', async (t) => {
  const { record, list, replay, delivered, answerWith } = await startServer(t);
  answerWith({ refused: 'HTTP 400' });
  await record(ofStranger(happening('a', 1)));
  await until(async () => (await list({}, { key: stranger })).body.deadLetters.length === 1);
  assert.deepEqual((await list()).body, { deadLetters: [] });
  assert.deepEqual((await list({}, { key: stranger, region: 'eu-west-1' })).body, { deadLetters: [] });
  answerWith('delivered');
  assert.deepEqual((await replay()).body, { replayed: 0 });
  assert.deepEqual((await replay({}, { key: stranger })).body, { replayed: 1 });
  await until(() => delivered.length === 1);
});

test('dead letters are replayed in the order of their events: all, those of a target, or certain ones', async (t) => {
  const { record, list, replay, delivered, answerWith } = await startServer(t);
  answerWith({ refused: 'HTTP 400' });
  for (let number = 0; number < 4; number += 1) await record(happening('a', number));
  await until(async () => (await list()).body.deadLetters.length === 4);
  const { deadLetters } = (await list()).body;
  const ids: string[] = deadLetters.map(({ event }: { event: { id: string } }) => event.id).reverse();

  answerWith('delivered');
  assert.deepEqual((await replay({ eventIds: [ids[2]] })).body, { replayed: 1 });
  assert.deepEqual((await replay({ eventIds: [ids[2], 'unknown'] })).body, { replayed: 0 });
  assert.deepEqual((await replay({ target: 'hook' })).body, { replayed: 3 });
  await until(() => delivered.length === 4);
  assert.deepEqual(delivered, [ids[2], ids[0], ids[1], ids[3]]);
  assert.deepEqual((await list()).body, { deadLetters: [] });
});

test('what dies again can be replayed again', async (t) => {
  const { record, list, replay, delivered, answerWith } = await startServer(t);
  answerWith({ refused: 'HTTP 400' });
  await record(happening('a', 1));
  await until(async () => (await list()).body.deadLetters.length === 1);
  answerWith({ refused: 'HTTP 410' });
  await replay();
  await until(async () => (await list()).body.deadLetters[0]?.reason === 'HTTP 410');
  answerWith('delivered');
  assert.deepEqual((await replay()).body, { replayed: 1 });
  await until(() => delivered.length === 1);
});

test('wrong requests are told what is wrong', async (t) => {
  const { call, list, replay, follow } = await startServer(t);
  const refusals: [answer: { status: number; body: { message: string } }, message: RegExp][] = [
    [await list({ maxResults: '0' }), /^maxResults must be a number from 1 to 100$/],
    [await list({ maxResults: '101' }), /^maxResults must be/],
    [await list({ nextToken: 'x' }), /^nextToken is not one/],
    [await list({ limit: '3' }), /^There is no parameter of this name; there are: target, maxResults, nextToken$/],
    [await replay({ target: 'other' }), /^There is no such target$/],
    [await replay({ all: true }), /^The body may have target, and eventIds/],
    [await replay({ eventIds: [] }), /^The body may have target, and eventIds/],
    [await call({ method: 'POST', path: '/dead-letters/replay', body: '{' }), /^The body must be JSON$/],
    [await call({ method: 'GET', path: '/stream', query: { pattern: '{' } }), /^pattern must be JSON$/],
    [
      await call({ method: 'GET', path: '/stream', query: { pattern: '{"sauce":["x"]}' } }),
      /^pattern: sauce: events have no such field$/,
    ],
    [
      await call({ method: 'GET', path: '/stream', query: { pattern: ' '.repeat(2_049) } }),
      /^pattern must have at most 2048 characters$/,
    ],
  ];
  for (const [{ status, body }, message] of refusals) {
    assert.equal(status, 400);
    assert.match(body.message, message);
  }
  for (const path of ['/stream', '/dead-letters']) {
    const wrongKey = { ...accessKey, secretAccessKey: 'wrong' };
    assert.equal((await call({ method: 'GET', path }, { key: wrongKey })).status, 403);
    assert.equal((await call({ method: 'GET', path, headers: { host: 'evil.example.com' } })).status, 403);
  }
  assert.equal((await follow()).response.statusCode, 200);
});

test('a follower sees what happens from now on in its account and region, and no more', async (t) => {
  const { record, follow } = await startServer(t);
  await record(happening('a', 1));
  const { response, messages } = await follow();
  assert.equal(response.headers['content-type'], 'text/event-stream');
  await record(ofStranger(happening('b', 2)), happening('a', 3));
  await record(happening('c', 4));
  const seen = await messages(2);
  assert.deepEqual(numbers(seen), [3, 4]);
  for (const { id, event } of seen) assert.equal(id, event.id);
});

test('a follower may have a signed URL', async (t) => {
  const { record, follow } = await startServer(t);
  const pattern = JSON.stringify({ detail: { number: [2] } });
  const { messages } = await follow({ query: { pattern }, signer: presign });
  await record(happening('a', 1), happening('a', 2));
  assert.deepEqual(numbers(await messages(1)), [2]);
});

test('a follower gets the events of its pattern alone', async (t) => {
  const { record, follow } = await startServer(t);
  const pattern = JSON.stringify({ detail: { number: [2, 4] } });
  const { messages } = await follow({ query: { pattern } });
  for (let number = 1; number <= 4; number += 1) await record(happening('a', number));
  assert.deepEqual(numbers(await messages(2)), [2, 4]);
});

test('a follower that comes back goes on behind what it has seen last', async (t) => {
  const { record, follow } = await startServer(t);
  const first = await follow();
  for (let number = 1; number <= 3; number += 1) await record(happening('a', number));
  const [, second] = await first.messages(3);
  first.response.destroy();
  await record(happening('a', 4));
  const again = await follow({ headers: { 'last-event-id': second?.id ?? '' } });
  assert.deepEqual(numbers(await again.messages(2)), [3, 4]);
});

test('a follower that has seen what is gone by now, or nobody’s event, gets all that is kept', async (t) => {
  const { record, follow } = await startServer(t, { eventsKept: 3 });
  const other = await follow({ signing: { key: stranger } });
  await record(ofStranger(happening('b', 0)));
  const [foreign] = await other.messages(1);
  for (let number = 1; number <= 5; number += 1) await record(happening('a', number));
  for (const lastEventId of ['0b6f0a3e-1111-4c6e-9d2a-000000000000', 'nonsense', foreign?.id ?? '']) {
    const { messages } = await follow({ headers: { 'last-event-id': lastEventId } });
    assert.deepEqual(numbers(await messages(3)), [3, 4, 5]);
  }
});

test('who asks for the head alone is no follower', async (t) => {
  const { head } = await startServer(t);
  assert.equal((await head('/stream')).statusCode, 403);
});

test('a follower whose beginning cannot be found is told so, and not let in', async (t) => {
  const { store, call } = await startServer(t);
  await store.close();
  assert.equal((await call({ method: 'GET', path: '/stream' })).status, 500);
});

test('a silent stream has heartbeats', async (t) => {
  const { clock, follow } = await startServer(t);
  const { response, text } = await follow();
  for (let beat = 2; beat <= 4; beat += 1) {
    clock.advance(15_000);
    await once(response, 'data');
  }
  assert.equal(text(), ': \n\n'.repeat(4));
});

test('a follower that takes nothing is cut off', async (t) => {
  const { record, clock, follow } = await startServer(t);
  const { response } = await follow();
  response.pause();
  const large = { ...happening('a', 1), detail: { text: 'x'.repeat(1_000_000) } };
  const alarms = clock.alarms;
  // More than the sockets' own buffers take.
  for (let number = 0; number < 30 && clock.alarms === alarms; number += 1) await record(large);
  await until(() => clock.alarms > alarms);
  clock.advance(30_000);
  response.resume();
  const [error] = await once(response, 'error');
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
});

test('followers get the last events when the server ends, and nobody comes in any more', async (t) => {
  const { record, follow, streams, call } = await startServer(t);
  const { response, messages } = await follow();
  await record(happening('a', 1));
  const ended = once(response, 'end');
  await streams.close();
  await ended;
  assert.deepEqual(numbers(await messages(1)), [1]);
  assert.equal(response.complete, true);
  assert.equal((await call({ method: 'GET', path: '/stream' })).status, 503);
});

test('more followers than there is room for are turned away, until one goes', async (t) => {
  const { follow, call } = await startServer(t);
  const followers = [];
  for (let count = 0; count < 100; count += 1) followers.push(await follow());
  assert.equal((await call({ method: 'GET', path: '/stream' })).status, 503);
  followers[0]?.response.destroy();
  await until(async () => {
    const next = await follow();
    if (next.response.statusCode !== 200) next.response.destroy();
    return next.response.statusCode === 200;
  });
});

test('each of the three matters needs a permission of its own', async (t) => {
  const matters = ['ListDeadLetters', 'ReplayDeadLetters', 'FollowEvents'];
  for (const allowed of matters) {
    const permissions = permissionsBy({ Effect: 'Allow', Action: `proscenium:${allowed}`, Resource: '*' });
    const { list, replay, follow } = await startServer(t, { permissions });
    const answers = [await list(), await replay({})];
    const { response, text } = await follow();
    const refused = [
      ...answers.map(({ status, body }) => (status === 200 ? '' : String(body.message))),
      response.statusCode === 200 ? '' : text(),
    ];
    for (const [index, message] of refused.entries()) {
      const action = matters[index];
      if (action === allowed) assert.equal(message, '');
      else assert.ok(message.includes(`is not authorized to perform: proscenium:${action} on resource: *`), message);
    }
  }
});

test('who may follow no longer gets nothing more, and is told why when he comes again', async (t) => {
  const { demand } = permissionsBy({ Effect: 'Deny', Action: '*', Resource: '*' });
  let permissions = unrestricted;
  const { follow, record } = await startServer(t, {
    permissions: { demand: (caller, requests) => permissions.demand(caller, requests) },
  });
  const { response, messages, text } = await follow();
  await record(happening('a', 1));
  await messages(1);
  permissions = { demand };
  await record(happening('a', 2));
  await once(response, 'end');
  assert.doesNotMatch(text(), /"number":2/);
  const again = await follow();
  assert.equal(again.response.statusCode, 403);
  assert.match(again.text(), /is not authorized to perform: proscenium:FollowEvents/);
});

test('a stream ends with the key that opened it, also while nothing happens', async (t) => {
  const keys = [accessKey];
  const accessKeys = { refresh: async () => {}, find: (id: string) => keys.find((key) => key.accessKeyId === id) };
  const { clock, follow } = await startServer(t, { accessKeys });
  const { response } = await follow();
  keys.length = 0;
  clock.advance(15_000);
  await once(response, 'end');
});
