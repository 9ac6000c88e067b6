import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pause, unlessAborted } from './pause.ts';

describe('waiting', () => {
  test('ends with the time', async () => {
    await pause(1, new AbortController().signal);
  });

  test('ends when it is aborted, before or meanwhile', async () => {
    const controller = new AbortController();
    const paused = Promise.all([
      pause(3_600_000, controller.signal),
      unlessAborted(new Promise(() => {}), controller.signal),
    ]);
    controller.abort();
    await paused;
    await pause(3_600_000, controller.signal);
    await unlessAborted(new Promise(() => {}), controller.signal);
  });

  test('for work tells that it failed', async () => {
    const work = Promise.reject(new Error('no'));
    await assert.rejects(unlessAborted(work, new AbortController().signal), /no/);
    await unlessAborted(Promise.resolve(), new AbortController().signal);
  });
});
