import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Pace } from './pace.ts';

test('what is asked for now and then is done at once; who asks all the time gets the last of it later', async () => {
  let wish = 0;
  const done: number[] = [];
  const told = new EventTarget();
  const pace = new Pace(() => {
    done.push(wish);
    told.dispatchEvent(new Event('done'));
  });
  for (wish = 1; wish <= 500; wish += 1) pace.ask();
  assert.deepEqual(
    done.slice(0, 20),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const atOnce = done.length;
  assert.ok(atOnce < 500);
  await once(told, 'done');
  assert.equal(done.at(-1), 501);
  assert.equal(done.length, atOnce + 1);
});

test('what waits is given up when it is cancelled, and nothing is left running', () => {
  let done = 0;
  const pace = new Pace(() => {
    done += 1;
  });
  for (let asked = 0; asked < 100; asked += 1) pace.ask();
  const before = done;
  pace.cancel();
  assert.equal(done, before);
});
