import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { Receiver, type ReceiverAnswer } from '../events/receiver.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { until } from '../until.fixture.ts';
import type { EndedSpan } from './span.ts';
import { SpanExporter } from './span-exporter.ts';

const span: EndedSpan = {
  name: 'join',
  kind: 'server',
  context: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true },
  parentSpanId: '1111111111111111',
  startMs: 1_795_262_400_000.25,
  endMs: 1_795_262_400_012.5,
  attributes: { 'http.route': '/whip', 'http.response.status_code': 201 },
  failed: true,
};

/** Until it has set the alarm for its next attempt. */
function untilWaiting(clock: HandClock): Promise<number> {
  return until(
    () => clock.alarms,
    (alarms) => alarms === 1,
  );
}

async function start(t: TestContext, answer: ReceiverAnswer) {
  const receiver = await Receiver.start(t, () => answer);
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const outcomes = { exported: 0, dropped: 0 };
  const lines: string[] = [];
  const exporter = new SpanExporter(
    { url: `${receiver.url}v1/traces`, headers: { 'api-key': 'a-secret' }, serviceName: 'stages' },
    {
      clock,
      logger: pino({}, { write: (line: string) => void lines.push(line) }),
      onOutcome: (outcome, spans) => {
        outcomes[outcome] += spans;
      },
    },
  );
  t.after(() => exporter.close());
  return { receiver, clock, exporter, outcomes, lines };
}

test('spans go out together after a while, in the form of OTLP', async (t) => {
  const { receiver, clock, exporter, outcomes } = await start(t, { status: 200, body: '{}' });
  exporter.add(span);
  exporter.add({ ...span, failed: false, parentSpanId: undefined });
  assert.equal(receiver.requests.length, 0);
  clock.advance(5_000);
  await until(
    () => outcomes.exported,
    (exported) => exported === 2,
  );
  const [request, ...more] = receiver.requests;
  assert.deepEqual(more, []);
  assert.equal(request?.url, '/v1/traces');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['api-key'], 'a-secret');
  const whole = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    flags: 1,
    name: 'join',
    kind: 2,
    startTimeUnixNano: '1795262400000250000',
    endTimeUnixNano: '1795262400012500000',
    attributes: [
      { key: 'http.route', value: { stringValue: '/whip' } },
      { key: 'http.response.status_code', value: { intValue: '201' } },
    ],
  };
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'stages' } }] },
        scopeSpans: [
          {
            scope: { name: 'proscenium' },
            spans: [
              { ...whole, parentSpanId: '1111111111111111', status: { code: 2 } },
              { ...whole, status: { code: 0 } },
            ],
          },
        ],
      },
    ],
  });
});

test('many spans do not wait', async (t) => {
  const { receiver, exporter, outcomes } = await start(t, { status: 200 });
  for (let count = 0; count < 512; count += 1) exporter.add(span);
  await until(
    () => outcomes.exported,
    (exported) => exported === 512,
  );
  assert.equal(receiver.requests.length, 1);
});

test('what is not taken is dropped, counted and told once, without secrets', async (t) => {
  const { clock, exporter, outcomes, lines } = await start(t, { status: 403, body: 'a-secret' });
  for (const dropped of [1, 2]) {
    exporter.add(span);
    clock.advance(5_000);
    await until(
      () => outcomes.dropped,
      (count) => count === dropped,
    );
  }
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /HTTP 403/);
  assert.ok(!lines.join('').includes('a-secret'));
});

test('spans that are refused out of many are dropped and counted', async (t) => {
  const body = '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"a-secret"}}';
  const { clock, exporter, outcomes, lines } = await start(t, { status: 200, body });
  for (let count = 0; count < 5; count += 1) exporter.add(span);
  clock.advance(5_000);
  await until(
    () => outcomes.dropped,
    (dropped) => dropped > 0,
  );
  assert.deepEqual(outcomes, { exported: 3, dropped: 2 });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /partial success/);
  assert.ok(!lines.join('').includes('a-secret'));
});

test('who is asked to come later comes once more, when he is told to', async (t) => {
  const { receiver, clock, exporter, outcomes } = await start(t, { status: 200 });
  receiver.respond = () =>
    receiver.requests.length === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 200 };
  exporter.add(span);
  clock.advance(5_000);
  await untilWaiting(clock);
  clock.advance(6_999);
  assert.equal(clock.alarms, 1);
  clock.advance(1);
  await until(
    () => outcomes.exported,
    (exported) => exported === 1,
  );
  assert.equal(receiver.requests.length, 2);
  assert.equal(receiver.requests[1]?.body, receiver.requests[0]?.body);
});

test('who is sent away twice does not come again', async (t) => {
  const { receiver, clock, exporter, outcomes } = await start(t, { status: 503 });
  exporter.add(span);
  clock.advance(5_000);
  await untilWaiting(clock);
  clock.advance(5_000);
  await until(
    () => outcomes.dropped,
    (dropped) => dropped === 1,
  );
  assert.equal(receiver.requests.length, 2);
});

test('closing does not wait for a second try', async (t) => {
  const { clock, exporter, outcomes } = await start(t, { status: 503 });
  exporter.add(span);
  clock.advance(5_000);
  await untilWaiting(clock);
  await exporter.close();
  assert.deepEqual(outcomes, { exported: 0, dropped: 1 });
});

test('there is only so much room for spans that wait', async (t) => {
  const { receiver, exporter, outcomes } = await start(t, { status: 200 });
  const { promise, resolve } = Promise.withResolvers<ReceiverAnswer>();
  receiver.respond = () => promise;
  for (let count = 0; count < 4_000; count += 1) exporter.add(span);
  // What is under way waits no more.
  assert.equal(outcomes.dropped, 4_000 - 512 - 2_048);
  resolve({ status: 200 });
  await until(
    () => outcomes.exported,
    (exported) => exported === 512 + 2_048,
  );
});

test('the last spans are sent when the exporter is closed', async (t) => {
  const { exporter, outcomes } = await start(t, { status: 200 });
  exporter.add(span);
  await exporter.close();
  assert.deepEqual(outcomes, { exported: 1, dropped: 0 });
});
