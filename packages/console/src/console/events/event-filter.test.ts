import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything, patternOf } from './event-filter.ts';

test('without a filter there is no pattern', () => {
  assert.deepEqual(patternOf(everything), {});
});

test('each filter is a field of the pattern', () => {
  assert.deepEqual(patternOf({ detailType: 'IVS Stage Update', eventName: ' Participant ', stageArn: 'arn' }), {
    'detail-type': ['IVS Stage Update'],
    resources: ['arn'],
    detail: { event_name: [{ prefix: 'Participant' }] },
  });
});
