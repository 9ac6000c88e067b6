import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Endings } from './endings.ts';

test('what was started last is ended first, and the next one when it has ended', async () => {
  const endings = new Endings();
  const told: string[] = [];
  endings.add(() => void told.push('first'));
  endings.add(async () => {
    told.push('second');
    await setImmediate();
    told.push('second has ended');
  });
  endings.add(() => void told.push('third'));
  await endings.endAll();
  assert.deepEqual(told, ['third', 'second', 'second has ended', 'first']);
});

test('what cannot be ended holds nothing else up, and is told in the end', async () => {
  const endings = new Endings();
  const told: string[] = [];
  const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
  endings.add(() => void told.push('first'));
  endings.add(() => {
    throw thrown;
  });
  endings.add(() => void told.push('third'));
  endings.add(() => Promise.reject(rejected));
  await assert.rejects(endings.endAll(), (error) => {
    assert.ok(error instanceof AggregateError);
    assert.equal(error.message, 'the server did not end cleanly');
    assert.deepEqual(error.errors, [rejected, thrown]);
    return true;
  });
  assert.deepEqual(told, ['third', 'first']);
});

test('everything is ended once, however often that is asked for', async () => {
  const endings = new Endings();
  const told: string[] = [];
  endings.add(() => void told.push('ended'));
  const ending = endings.endAll();
  assert.equal(endings.endAll(), ending);
  await ending;
  await endings.endAll();
  assert.deepEqual(told, ['ended']);
});
