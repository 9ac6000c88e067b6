import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childContext, readTraceparent } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

test('a traceparent says which span a request belongs to, and whether the trace is kept', () => {
  assert.deepEqual(readTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, sampled: true });
  assert.deepEqual(readTraceparent(`00-${traceId}-${spanId}-00`), { traceId, spanId, sampled: false });
});

test('one of a later version is read as far as it is known', () => {
  assert.deepEqual(readTraceparent(`01-${traceId}-${spanId}-01-more`), { traceId, spanId, sampled: true });
});

test('whatever else comes says nothing', () => {
  const headers = [
    undefined,
    '',
    ['00', '01'],
    `00-${traceId}-${spanId}`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `01-${traceId}-${spanId}-01-${'x'.repeat(1_000)}`,
  ];
  for (const header of headers) assert.equal(readTraceparent(header), undefined, String(header));
});

test('a span without a parent begins a trace that is kept', () => {
  const one = childContext(undefined);
  assert.match(one.traceId, /^[\da-f]{32}$/);
  assert.match(one.spanId, /^[\da-f]{16}$/);
  assert.equal(one.sampled, true);
  assert.notEqual(one.traceId, childContext(undefined).traceId);
});

test('a span belongs to the trace of its parent', () => {
  const child = childContext({ traceId, spanId, sampled: false });
  assert.equal(child.traceId, traceId);
  assert.notEqual(child.spanId, spanId);
  assert.equal(child.sampled, false);
});
