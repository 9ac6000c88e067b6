import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaugeGroups } from './gauges.ts';
import type { Reading } from './metric-history.ts';
import { readMetrics } from './metric-samples.ts';

const read = (text: string, atMs: number): Reading => ({ atMs, samples: readMetrics(text) });

function find(groupTitle: string, title: string) {
  const group = gaugeGroups.find((each) => each.title === groupTitle);
  const gauge = group?.gauges.find((each) => each.title === title);
  assert.ok(group && gauge);
  return { ...gauge, write: group.write };
}

test('CPU time is told as the part of a CPU that was used between two looks', () => {
  const cpu = find('CPU, of one core', 'Server');
  const before = read('process_cpu_seconds_total 10\n', 1_000);
  const now = read('process_cpu_seconds_total 12.5\n', 6_000);
  assert.equal(cpu.value(now, undefined), undefined);
  assert.equal(cpu.write(cpu.value(now, before) ?? Number.NaN), '50 %');
});

test('a server that was started again between two looks has used none', () => {
  const cpu = find('CPU, of one core', 'Server');
  const [before, now] = [read('process_cpu_seconds_total 9\n', 1_000), read('process_cpu_seconds_total 1\n', 6_000)];
  assert.equal(cpu.value(now, before), 0);
});

test('the first error of all is an error that came since the look before', () => {
  const errors = find('Requests', 'Errors of the API');
  const now = read('proscenium_api_errors_total{operation="GetStage",error="x"} 10\n', 6_000);
  assert.equal(errors.write(errors.value(now, read('', 1_000)) ?? Number.NaN), '2 /s');
});

test('what the server does not tell is not known', () => {
  assert.equal(find('What died or failed', 'Dead letters').value(read('', 0), undefined), undefined);
});

test('figures have units', () => {
  const coming = find('Media', 'Coming in');
  const now = read('proscenium_media_incoming_bytes_per_second 250000\n', 0);
  assert.equal(coming.write(coming.value(now, undefined) ?? Number.NaN), '2.0 Mbit/s');
  assert.equal(find('Memory', 'Server').write(123_456_789), '123 MB');
  assert.equal(find('Lag of the event loop', 'p99').write(0.0123), '12.3 ms');
});
