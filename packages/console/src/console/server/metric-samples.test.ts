import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetrics, sumOf } from './metric-samples.ts';

const text = `# TYPE proscenium_stages gauge
# HELP proscenium_stages Stages that have participants
proscenium_stages 3
# TYPE proscenium_outbox_pending gauge
proscenium_outbox_pending{target="hook"} 2
proscenium_outbox_pending{target="a \\"b\\" {c}"} 5
# TYPE proscenium_event_loop_lag_seconds gauge
proscenium_event_loop_lag_seconds{percentile="50"} 0.001
proscenium_event_loop_lag_seconds{percentile="99"} 1.5e-2
# EOF
`;

test('samples are read with their labels', () => {
  const samples = readMetrics(text);
  assert.deepEqual(samples.get('proscenium_stages'), [{ labels: {}, value: 3 }]);
  assert.equal(samples.get('proscenium_outbox_pending')?.[1]?.labels.target, 'a "b" {c}');
});

test('samples are added up, all of them or those with a label', () => {
  const samples = readMetrics(text);
  assert.equal(sumOf(samples, 'proscenium_outbox_pending'), 7);
  assert.equal(sumOf(samples, 'proscenium_event_loop_lag_seconds', { percentile: '99' }), 0.015);
  assert.equal(sumOf(samples, 'proscenium_event_loop_lag_seconds', { percentile: '90' }), undefined);
  assert.equal(sumOf(samples, 'nothing'), undefined);
});
