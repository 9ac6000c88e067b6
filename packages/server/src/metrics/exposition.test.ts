import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter } from './counter.ts';
import { chooseFormat, openMetrics, prometheusText, writeMetrics } from './exposition.ts';
import { Histogram } from './histogram.ts';
import type { Instrument, MetricDescription, MetricFamily } from './metric.ts';

const gauge: MetricDescription = { name: 'room_temperature', type: 'gauge', help: 'How warm it is', labels: ['room'] };
const counter: MetricDescription = { name: 'doors_opened_total', type: 'counter', help: 'Doors', labels: ['door'] };
const histogram: MetricDescription = { name: 'stay_seconds', type: 'histogram', help: 'Stays', labels: ['room', 'le'] };

function familyOf(instrument: Instrument): MetricFamily {
  return { metric: instrument.metric, samples: instrument.samples() };
}

test('OpenMetrics names a counter without its suffix and ends with EOF', async () => {
  const doors = new Counter(counter);
  doors.add({ door: 'front' });
  doors.add({ door: 'front' }, 2);
  assert.equal(
    await writeMetrics([familyOf(doors)], openMetrics),
    '# TYPE doors_opened counter\n# HELP doors_opened Doors\ndoors_opened_total{door="front"} 3\n# EOF\n',
  );
});

test('the older text names a counter whole and ends with its last sample', async () => {
  const doors = new Counter(counter);
  doors.add({ door: 'front' });
  assert.equal(
    await writeMetrics([familyOf(doors)], prometheusText),
    '# HELP doors_opened_total Doors\n# TYPE doors_opened_total counter\ndoors_opened_total{door="front"} 1\n',
  );
});

test('label values and help texts cannot break out of their line', async () => {
  const samples = [{ labels: { room: 'a"b\\c\nd' }, value: 20.5 }];
  const text = await writeMetrics([{ metric: { ...gauge, help: 'One\nline, "quoted" \\' }, samples }], openMetrics);
  assert.equal(
    text,
    [
      '# TYPE room_temperature gauge',
      '# HELP room_temperature One\\nline, \\"quoted\\" \\\\',
      'room_temperature{room="a\\"b\\\\c\\nd"} 20.5',
      '# EOF\n',
    ].join('\n'),
  );
});

test('a metric without series is described all the same', async () => {
  const text = await writeMetrics([{ metric: gauge, samples: [] }], openMetrics);
  assert.equal(text, '# TYPE room_temperature gauge\n# HELP room_temperature How warm it is\n# EOF\n');
});

test('a counter without labels is there before anything has happened', () => {
  assert.deepEqual(new Counter({ ...counter, labels: [] }).samples(), [{ labels: {}, value: 0 }]);
});

test('the buckets of a histogram add up, and hold their upper bounds', async () => {
  const stays = new Histogram(histogram, [0.5, 1, 2.5]);
  for (const seconds of [0.1, 0.5, 0.6, 1, 7]) stays.observe({ room: 'hall' }, seconds);
  const text = await writeMetrics([familyOf(stays)], prometheusText);
  assert.deepEqual(text.split('\n').slice(2, -1), [
    'stay_seconds_bucket{room="hall",le="0.5"} 2',
    'stay_seconds_bucket{room="hall",le="1.0"} 4',
    'stay_seconds_bucket{room="hall",le="2.5"} 4',
    'stay_seconds_bucket{room="hall",le="+Inf"} 5',
    'stay_seconds_sum{room="hall"} 9.2',
    'stay_seconds_count{room="hall"} 5',
  ]);
});

test('series for which there is no room are left out and counted, once each', () => {
  const doors = new Counter(counter, 2);
  for (const door of ['front', 'back', 'side', 'side', 'cellar', 'front']) doors.add({ door });
  assert.deepEqual(doors.samples(), [
    { labels: { door: 'front' }, value: 2 },
    { labels: { door: 'back' }, value: 1 },
  ]);
  assert.equal(doors.dropped, 2);
});

test('whoever does not ask for the older text alone gets OpenMetrics', () => {
  const ofPrometheus =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  assert.equal(chooseFormat(ofPrometheus), openMetrics);
  assert.equal(chooseFormat(undefined), openMetrics);
  assert.equal(chooseFormat('*/*'), openMetrics);
  assert.equal(chooseFormat('text/plain; version=0.0.4'), prometheusText);
});
