import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gauges, read } from './gauges.ts';

function find(title: string) {
  const gauge = gauges.find((each) => each.title === title);
  assert.ok(gauge);
  return gauge;
}

test('CPU time is told as the part of a CPU that was used between two looks', () => {
  const cpu = find('CPU of the server');
  const before = read('process_cpu_seconds_total 10\n', 1_000);
  const now = read('process_cpu_seconds_total 12.5\n', 6_000);
  assert.equal(cpu.value(now, undefined), undefined);
  assert.equal(cpu.write(cpu.value(now, before) ?? Number.NaN), '50 %');
});

test('a server that was started again between two looks has used none', () => {
  const cpu = find('CPU of the server');
  assert.equal(
    cpu.value(read('process_cpu_seconds_total 1\n', 6_000), read('process_cpu_seconds_total 9\n', 1_000)),
    0,
  );
});

test('what the server does not tell is not known', () => {
  assert.equal(find('Dead letters').value(read('', 0), undefined), undefined);
});

test('figures have units', () => {
  assert.equal(find('Coming in').write(250_000), '2.0 Mbit/s');
  assert.equal(find('Memory').write(123_456_789), '123 MB');
  assert.equal(find('Lag of the event loop, p99').write(0.0123), '12.3 ms');
});
