import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { HandClock } from '../hand-clock.fixture.ts';
import { until } from '../until.fixture.ts';
import { JoinTraces } from './join-traces.ts';
import type { EndedSpan } from './span.ts';

const alice = {
  stage: { account: '123456789012', region: 'us-west-2', stageId: 'AbCdEfGhIjKl' },
  participantId: 'alice',
};
const kept = { route: '/events/:stageId', headers: { traceparent: traceparent('01') } };
const notKept = { route: '/events/:stageId', headers: { traceparent: traceparent('00') } };

function traceparent(flags: string): string {
  return `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
}

/** Somebody who receives by the server's offer. */
class HandSubscriber extends EventEmitter {
  looks = 0;
  videoBps = 0;

  async delivered() {
    this.looks += 1;
    return { bitrateBps: { audio: 0, video: this.videoBps }, lost: undefined };
  }
}

function start(t: TestContext) {
  const clock = new HandClock('2031-11-21T12:00:00Z');
  const spans: EndedSpan[] = [];
  const traces = new JoinTraces({ add: (span) => void spans.push(span), close: async () => {} }, clock);
  t.after(() => traces.close());
  const join = (request?: typeof kept) => traces.joinBySocket(request, async () => traces.identify(alice));
  const subscribe = () => {
    const subscriber = new HandSubscriber();
    traces.followSubscriber(alice, subscriber);
    subscriber.emit('offer');
    return subscriber;
  };
  const untilEnded = async (name: string) => {
    const span = await until(
      () => spans.find((one) => one.name === name),
      (found) => found !== undefined,
    );
    return span ?? assert.fail(name);
  };
  return { clock, spans, traces, join, subscribe, untilEnded };
}

test('media workers are asked for the first packet of a trace that is kept', async (t) => {
  const { join, subscribe, untilEnded } = start(t);
  await join(kept);
  const subscriber = subscribe();
  subscriber.videoBps = 1_000;
  subscriber.emit('connected');
  const span = await untilEnded('subscribe');
  assert.equal(span.failed, false);
  assert.equal(span.context.traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
  assert.equal(subscriber.looks, 1);
});

test('media workers are not asked for what nobody keeps', async (t) => {
  const { clock, spans, join, subscribe } = start(t);
  await join(notKept);
  const subscriber = subscribe();
  subscriber.emit('connected');
  assert.equal(subscriber.looks, 0);
  assert.equal(clock.alarms, 0);
  assert.deepEqual(spans, []);
});

test('those for whom there is no room end with their connection', async (t) => {
  const { spans, join, subscribe } = start(t);
  await join(kept);
  const subscribers = Array.from({ length: 101 }, subscribe);
  for (const subscriber of subscribers) subscriber.emit('connected');
  assert.equal(subscribers.at(-1)?.looks, 0);
  assert.deepEqual(
    spans.filter(({ name }) => name === 'subscribe').map(({ failed }) => failed),
    [false],
  );
});

test('what is subscribed to belongs to the join, whatever has been published in the meantime', async (t) => {
  const { traces, join, subscribe, untilEnded } = start(t);
  const app = Fastify();
  t.after(() => app.close());
  traces.watch(app);
  app.post('/whip/:stageId', async () => traces.identify(alice));
  await join(kept);
  await app.inject({ method: 'POST', url: '/whip/AbCdEfGhIjKl' });
  const published = await untilEnded('publish');
  assert.equal(published.attributes['proscenium.participant.id'], 'alice');
  const subscriber = subscribe();
  subscriber.emit('closed');
  const { context, parentSpanId } = await untilEnded('subscribe');
  assert.equal(parentSpanId, (await untilEnded('join')).context.spanId);
  assert.notEqual(context.traceId, published.context.traceId);
});

test('a join has the route of its request; over a connection that was there it has none', async (t) => {
  const { spans, join } = start(t);
  await join(kept);
  await join();
  const who = { 'proscenium.stage.id': 'AbCdEfGhIjKl', 'proscenium.participant.id': 'alice' };
  assert.deepEqual(
    spans.map(({ attributes }) => attributes),
    [{ 'http.request.method': 'GET', 'http.route': '/events/:stageId', ...who }, who],
  );
});

test('a trace begins at the time that it is by then, and its parts go by the same clock', async (t) => {
  const { clock, spans, traces, join } = start(t);
  await join(kept);
  // As when the machine was asleep or its clock was set.
  clock.advance(3_600_000);
  await traces.joinBySocket(kept, () => traces.step('admission', async () => {}));
  const [first, admission, second] = spans;
  assert.ok(first && admission && second);
  assert.ok(first.startMs < clock.now().getTime());
  assert.ok(Math.round(second.startMs) >= clock.now().getTime());
  assert.ok(second.startMs <= admission.startMs && admission.startMs <= admission.endMs);
  assert.ok(admission.endMs <= second.endMs);
});
