import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SilenceWatch } from './silence-watch.ts';

const timeoutMs = 8000;
const checkMs = timeoutMs / 4;

/** Lets so many checks pass, each with its answer. */
async function passChecks(t: TestContext, checks: number): Promise<void> {
  for (let check = 0; check < checks; check += 1) {
    t.mock.timers.tick(checkMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a watch for silence', () => {
  it('speaks up once, when three checks in a row saw nothing new', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const spoke = t.mock.fn();
    new SilenceWatch(async () => 1000, timeoutMs, spoke);
    await passChecks(t, 3);
    assert.equal(spoke.mock.callCount(), 0);
    await passChecks(t, 1);
    assert.equal(spoke.mock.callCount(), 1);
    await passChecks(t, 20);
    assert.equal(spoke.mock.callCount(), 1);
  });

  it('counts anew from each byte that came', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const spoke = t.mock.fn();
    let bytes = 0;
    new SilenceWatch(async () => bytes, timeoutMs, spoke);
    for (let packet = 0; packet < 10; packet += 1) {
      bytes += 1;
      await passChecks(t, 3);
    }
    assert.equal(spoke.mock.callCount(), 0);
    await passChecks(t, 1);
    assert.equal(spoke.mock.callCount(), 1);
  });

  it('says nothing once it is stopped, though a check is under way', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const spoke = t.mock.fn();
    const ask = t.mock.fn(async () => 1000);
    const watch = new SilenceWatch(ask, timeoutMs, spoke);
    t.mock.timers.tick(checkMs);
    watch.stop();
    await passChecks(t, 20);
    assert.deepEqual([ask.mock.callCount(), spoke.mock.callCount()], [1, 0]);
  });

  it('asks a source no more that fails', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const spoke = t.mock.fn();
    const ask = t.mock.fn(() => Promise.reject(new Error('the transport is closed')));
    new SilenceWatch(ask, timeoutMs, spoke);
    await passChecks(t, 20);
    assert.deepEqual([ask.mock.callCount(), spoke.mock.callCount()], [1, 0]);
  });
});
