import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { guarded } from './guarded.ts';

test('what a listener throws is reported as uncaught, and the work goes on', async () => {
  const runners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  try {
    const uncaught = once(process, 'uncaughtException');
    const done: number[] = [];
    for (const number of [1, 2, 3]) {
      guarded(() => {
        if (number === 2) throw new Error('a fault of the listener');
        done.push(number);
      });
    }
    assert.deepEqual(done, [1, 3]);
    const [error] = await uncaught;
    assert.equal((error as Error).message, 'a fault of the listener');
  } finally {
    for (const runner of runners) process.on('uncaughtException', runner);
  }
});
