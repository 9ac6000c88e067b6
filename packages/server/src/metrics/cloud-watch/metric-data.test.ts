import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StageMeasurement } from '../stage-measurements.ts';
import { metricDatum, writeCalls } from './metric-data.ts';

const time = new Date('2026-11-21T12:00:00Z');
const measurement: StageMeasurement = {
  metric: 'SubscribeBitrate',
  scope: { account: '123456789012', region: 'us-west-2' },
  dimensions: { Stage: 'AbCdEfGhIjKl', SDKVersion: '1.2 & more' },
  statistic: { count: 3, sum: 600, minimum: 100, maximum: 300 },
};

function dataOf(count: number) {
  return Array.from({ length: count }, () => metricDatum(measurement, time, 60));
}

test('a metric is written as the query protocol has it', () => {
  const [call, ...more] = writeCalls('AWS/IVSRealTime', dataOf(1)).calls;
  assert.deepEqual(more, []);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(call?.body)), {
    Action: 'PutMetricData',
    Version: '2010-08-01',
    Namespace: 'AWS/IVSRealTime',
    'MetricData.member.1.MetricName': 'SubscribeBitrate',
    'MetricData.member.1.Unit': 'Bits/Second',
    'MetricData.member.1.Timestamp': '2026-11-21T12:00:00.000Z',
    'MetricData.member.1.Dimensions.member.1.Name': 'Stage',
    'MetricData.member.1.Dimensions.member.1.Value': 'AbCdEfGhIjKl',
    'MetricData.member.1.Dimensions.member.2.Name': 'SDKVersion',
    'MetricData.member.1.Dimensions.member.2.Value': '1.2 & more',
    'MetricData.member.1.StatisticValues.SampleCount': '3',
    'MetricData.member.1.StatisticValues.Sum': '600',
    'MetricData.member.1.StatisticValues.Minimum': '100',
    'MetricData.member.1.StatisticValues.Maximum': '300',
  });
});

test('what is put more often than once a minute is marked so', () => {
  const {
    calls: [call],
  } = writeCalls('n', [metricDatum(measurement, time, 1)]);
  assert.equal(new URLSearchParams(call?.body).get('MetricData.member.1.StorageResolution'), '1');
});

test('a call holds no more than a thousand metrics, each call counts from one', () => {
  const { calls } = writeCalls('n', dataOf(2_500));
  assert.deepEqual(
    calls.map(({ metrics }) => metrics),
    [1_000, 1_000, 500],
  );
  for (const { body, metrics } of calls) {
    assert.ok(body.length <= 1_000_000);
    const members = new Set(body.match(/MetricData\.member\.\d+/g));
    assert.equal(members.size, metrics);
    assert.ok(members.has('MetricData.member.1') && members.has(`MetricData.member.${metrics}`));
  }
});

test('a call holds no more bytes than may be', () => {
  const { calls } = writeCalls('n', dataOf(100), { maximumBytes: 5_000 });
  assert.ok(calls.length > 1);
  assert.equal(
    calls.reduce((sum, { metrics }) => sum + metrics, 0),
    100,
  );
  for (const { body } of calls) assert.ok(Buffer.byteLength(body) <= 5_000);
});

test('without metrics there is no call', () => {
  assert.deepEqual(writeCalls('n', []), { calls: [], tooLong: 0 });
});

test('a metric that is longer than any of ours is left out and counted', () => {
  const long = { ...measurement, dimensions: { Stage: 'x'.repeat(8_000) } };
  const { calls, tooLong } = writeCalls('n', [...dataOf(1), metricDatum(long, time, 60), ...dataOf(1)]);
  assert.deepEqual(
    calls.map(({ metrics }) => metrics),
    [2],
  );
  assert.equal(tooLong, 1);
});
