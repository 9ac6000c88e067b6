import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tracksOf } from './participant-track.ts';

const at = (second: number) => `2026-11-22T12:00:0${second}.000Z`;
const ms = (second: number) => Date.parse(at(second));

function track(...events: [name: string, second: number][]) {
  const [found] = tracksOf({
    participants: [
      {
        participantId: 'p1',
        name: 'alice',
        summary: {},
        events: events.map(([name, second]) => ({ name: name as 'JOINED', eventTime: at(second) })),
      },
    ],
    omitted: 0,
    nameOf: (id) => id,
  });
  assert.ok(found);
  return found;
}

test('somebody who comes again has two stays, and publishes in stretches of them', () => {
  const { stays, publishes, marks } = track(
    ['PUBLISH_STARTED', 2],
    ['JOINED', 1],
    ['PUBLISH_STOPPED', 3],
    ['LEFT', 4],
    ['JOINED', 6],
    ['PUBLISH_STARTED', 7],
  );
  assert.deepEqual(stays, [
    { fromMs: ms(1), toMs: ms(4) },
    { fromMs: ms(6), toMs: undefined },
  ]);
  assert.deepEqual(publishes, [
    { fromMs: ms(2), toMs: ms(3) },
    { fromMs: ms(7), toMs: undefined },
  ]);
  assert.deepEqual(
    marks.map(({ words }) => words),
    ['came', 'began to publish', 'stopped publishing', 'left', 'came', 'began to publish'],
  );
});

test('who leaves publishes no more, even if nobody said so', () => {
  assert.deepEqual(track(['JOINED', 1], ['PUBLISH_STARTED', 2], ['LEFT', 5]).publishes, [
    { fromMs: ms(2), toMs: ms(5) },
  ]);
});

test('what ends without having begun is no stretch', () => {
  assert.deepEqual(track(['PUBLISH_STOPPED', 1], ['LEFT', 2]).stays, []);
});
