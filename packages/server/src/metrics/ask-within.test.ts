import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { askWithin } from './ask-within.ts';

/** Questions that are answered when it is said, and how many of them have been asked. */
function questionsOf(count: number) {
  const answer = Promise.withResolvers<void>();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return answer.promise;
  };
  return { questions: Array.from({ length: count }, () => ask), answer: answer.resolve, asked: () => asked };
}

test('all are asked, so many at a time', async () => {
  const { questions, answer, asked } = questionsOf(100);
  const all = askWithin(60_000, questions);
  assert.equal(asked(), 32);
  answer();
  await all;
  assert.equal(asked(), 100);
});

test('when the time is up nobody waits, and nobody is asked any more', async () => {
  const { questions, answer, asked } = questionsOf(100);
  await askWithin(1, questions);
  answer();
  await turn();
  assert.equal(asked(), 32);
});

test('a question that fails ends the asking', async () => {
  const { questions, answer, asked } = questionsOf(100);
  const refuse = () => Promise.reject(new Error('no'));
  await assert.rejects(askWithin(60_000, [refuse, ...questions]), /no/);
  answer();
  await turn();
  assert.equal(asked(), 31);
});
