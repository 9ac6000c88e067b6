import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from './server-sent-events.ts';

test('messages are read wherever the stream is cut', () => {
  const stream = ': hello\n\nid: 1\ndata: {"a":1}\n\nid: 2\r\ndata: one\r\ndata: two\r\n\r\n';
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const parser = new EventParser();
    const events = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
    assert.deepEqual(events, [
      { id: '1', data: '{"a":1}' },
      { id: '2', data: 'one\ntwo' },
    ]);
  }
});

test('signs of life are no messages, and what has not ended is none yet', () => {
  const parser = new EventParser();
  assert.deepEqual(parser.push(':\n\n: alive\n\ndata: x'), []);
  assert.deepEqual(parser.push('\n\n'), [{ id: '', data: 'x' }]);
});

test('a message without an end is refused before it fills the memory', () => {
  const parser = new EventParser();
  assert.throws(() => parser.push('x'.repeat(1_000_001)), RangeError);
});
