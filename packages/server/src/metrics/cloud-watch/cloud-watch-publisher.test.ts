import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { type ReceivedRequest, Receiver, type ReceiverAnswer } from '../../events/receiver.fixture.ts';
import { HandClock } from '../../hand-clock.fixture.ts';
import { until } from '../../until.fixture.ts';
import { Counter } from '../counter.ts';
import { serverMetrics } from '../server-metrics.ts';
import type { StageMeasurement } from '../stage-measurements.ts';
import { statisticOf } from '../statistic.ts';
import { CloudWatchPublisher } from './cloud-watch-publisher.ts';

const scope = { account: '123456789012', region: 'us-west-2' };
const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE', secretAccessKey: 'a-secret-that-stands-in-no-log' };
const refusal: ReceiverAnswer = {
  status: 400,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameterValue</Code><Message>secret</Message></Error></ErrorResponse>',
};

function measured(value: number, of: Partial<StageMeasurement> = {}): StageMeasurement {
  return { metric: 'Publishers', scope, dimensions: { Stage: 'AbCdEfGhIjKl' }, statistic: statisticOf(value), ...of };
}

async function publish(
  t: TestContext,
  respond: (request: ReceivedRequest) => ReceiverAnswer | undefined,
  sample: () => StageMeasurement[],
) {
  const receiver = await Receiver.start(t, respond);
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const calls = new Counter(serverMetrics.cloudWatchCalls);
  const dropped = new Counter(serverMetrics.cloudWatchDropped);
  let samples = 0;
  const sampler = {
    async sample() {
      samples += 1;
      return { stages: [], measurements: sample(), dropped: 0, tookMs: 0 };
    },
  };
  const publisher = new CloudWatchPublisher(
    { endpoint: receiver.url, region: 'us-west-2', credentials, namespace: 'Test', intervalSeconds: 60 },
    { sampler, scope, clock, logger, calls, dropped, retryDelaysMs: [1_000, 2_000] },
  );
  t.after(() => publisher.close());
  /** One interval, sample by sample. */
  const passInterval = async () => {
    for (let wanted = samples + 6; samples < wanted; ) {
      const before = samples;
      await until(
        () => clock.alarms,
        (alarms) => alarms > 0,
      );
      clock.advance(10_000);
      await until(
        () => samples,
        (now) => now > before,
      );
    }
  };
  const outcomes = () => Object.fromEntries(calls.samples().map(({ labels, value }) => [labels.outcome, value]));
  const droppedMetrics = () => dropped.samples()[0]?.value;
  return { receiver, clock, publisher, passInterval, lines, outcomes, droppedMetrics };
}

test('each metric is put once in an interval, with the statistics of all samples', async (t) => {
  const values = [1, 2, 3, 4, 5, 9];
  let next = 0;
  const elsewhere = measured(7, { scope: { ...scope, region: 'eu-west-1' } });
  const { receiver, passInterval, outcomes } = await publish(
    t,
    () => ({ status: 200 }),
    () => [measured(values[next++ % values.length] ?? 0), elsewhere],
  );
  await passInterval();
  await until(outcomes, ({ taken }) => taken === 1);
  const [{ body = '', headers = {} } = {}, ...more] = receiver.requests;
  assert.deepEqual(more, []);
  const form = new URLSearchParams(body);
  const statistic = (name: string) => Number(form.get(`MetricData.member.1.StatisticValues.${name}`));
  assert.deepEqual(['SampleCount', 'Sum', 'Minimum', 'Maximum'].map(statistic), [6, 24, 1, 9]);
  assert.equal(form.get('MetricData.member.2.MetricName'), null);
  assert.match(
    headers.authorization ?? '',
    /Credential=AKIAEXAMPLEEXAMPLE\/20261121\/us-west-2\/monitoring\/aws4_request/,
  );
});

test('what fails is tried again, and then dropped and counted', async (t) => {
  const { receiver, clock, passInterval, outcomes, droppedMetrics } = await publish(
    t,
    () => ({ status: 503 }),
    () => [measured(1)],
  );
  await passInterval();
  for (const [attempt, delayMs] of [1_000, 2_000].entries()) {
    await until(outcomes, ({ failed }) => failed === attempt + 1);
    await until(
      () => clock.alarms,
      (alarms) => alarms === 2,
    );
    clock.advance(delayMs);
  }
  await until(droppedMetrics, (count) => count === 1);
  assert.deepEqual(outcomes(), { failed: 3 });
  assert.equal(receiver.requests.length, 3);
});

test('what is refused is not tried again', async (t) => {
  const { receiver, passInterval, droppedMetrics, lines } = await publish(
    t,
    () => refusal,
    () => [measured(1)],
  );
  await passInterval();
  await until(droppedMetrics, (count) => count === 1);
  assert.equal(receiver.requests.length, 1);
  const log = lines.join('');
  assert.match(log, /InvalidParameterValue/);
  assert.ok(!log.includes('secret'), log);
});

test('what is too long to be put is counted as well', async (t) => {
  const { passInterval, outcomes, droppedMetrics } = await publish(
    t,
    () => ({ status: 200 }),
    () => [measured(1), measured(1, { dimensions: { Stage: 'x'.repeat(8_000) } })],
  );
  await passInterval();
  await until(outcomes, ({ taken }) => taken === 1);
  assert.equal(droppedMetrics(), 1);
});

test('a failure is told once, and so is its end', async (t) => {
  let answer: ReceiverAnswer = refusal;
  const { passInterval, droppedMetrics, outcomes, lines } = await publish(
    t,
    () => answer,
    () => [measured(1)],
  );
  for (const interval of [1, 2]) {
    await passInterval();
    await until(droppedMetrics, (count) => count === interval);
  }
  answer = { status: 200 };
  await passInterval();
  await until(outcomes, ({ taken }) => taken === 1);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ['metrics could not be put into CloudWatch', 'metrics are put into CloudWatch again'],
  );
});

test('closing waits for nobody', async (t) => {
  const { promise: answer, resolve } = Promise.withResolvers<ReceiverAnswer>();
  t.after(() => resolve({ status: 200 }));
  const { receiver, publisher, passInterval } = await publish(
    t,
    () => ({ status: 200 }),
    () => [measured(1)],
  );
  receiver.respond = () => answer;
  await passInterval();
  await until(
    () => receiver.requests.length,
    (requests) => requests === 1,
  );
  await publisher.close();
});
