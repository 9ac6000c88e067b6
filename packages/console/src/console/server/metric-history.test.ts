import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricHistory } from './metric-history.ts';

test('readings are kept in their order, each list for itself, without what is shown nowhere', () => {
  const history = new MetricHistory();
  history.add('proscenium_stages 1\nx_seconds_bucket{le="1"} 4\n', 1_000);
  const before = history.readings;
  history.add('proscenium_stages 2\n', 2_000);
  assert.deepEqual(
    history.readings.map(({ atMs, samples }) => [atMs, samples.get('proscenium_stages')?.[0]?.value, samples.size]),
    [
      [1_000, 1, 1],
      [2_000, 2, 1],
    ],
  );
  assert.equal(before.length, 1);
});

test('what is kept has a bound, by the number of readings and by their size; the last one always stays', () => {
  const small = new MetricHistory();
  for (let at = 0; at < 800; at += 1) small.add('proscenium_stages 1\n', at * 1_000);
  assert.deepEqual([small.readings.length, small.readings.at(-1)?.atMs], [720, 799_000]);
  const large = new MetricHistory();
  const text = 'ivs_realtime_publishers 1\n'.repeat(90_000);
  for (let at = 0; at < 4; at += 1) large.add(text, at * 1_000);
  assert.deepEqual(
    large.readings.map(({ atMs }) => atMs),
    [2_000, 3_000],
  );
  large.add(text.repeat(3), 4_000);
  assert.deepEqual(
    large.readings.map(({ atMs }) => atMs),
    [4_000],
  );
});

test('a look right after another one is not kept', () => {
  const history = new MetricHistory();
  for (const atMs of [5_000, 5_300, 10_000]) history.add('proscenium_stages 1\n', atMs);
  assert.deepEqual(
    history.readings.map(({ atMs }) => atMs),
    [5_000, 10_000],
  );
});
