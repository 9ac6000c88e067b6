import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Emitter } from './emitter.ts';

class Bell extends Emitter<{ ring: [times: number]; error: [error: Error] }> {
  ring(times: number): void {
    this.emit('ring', times);
  }

  fail(): void {
    this.emit('error', new Error('cracked'));
  }
}

describe('Emitter', () => {
  it('calls the listeners in the order in which they were added', () => {
    const bell = new Bell();
    const heard: string[] = [];
    bell.on('ring', (times) => heard.push(`first ${times}`));
    bell.on('ring', (times) => heard.push(`second ${times}`));
    bell.ring(3);
    assert.deepEqual(heard, ['first 3', 'second 3']);
  });

  it('calls a once listener once', () => {
    const bell = new Bell();
    let heard = 0;
    bell.once('ring', () => {
      heard += 1;
      bell.ring(1); // not even from within
    });
    bell.ring(1);
    assert.equal(heard, 1);
  });

  it('stops calling what was removed, even in the middle of an event', () => {
    const bell = new Bell();
    const heard: string[] = [];
    const second = () => heard.push('second');
    bell.on('ring', () => {
      heard.push('first');
      bell.off('ring', second);
    });
    bell.on('ring', second);
    bell.ring(1);
    assert.deepEqual(heard, ['first']);
  });

  it('tells whether anybody listens', () => {
    const bell = new Bell();
    assert.equal(bell.hasListenersFor('ring'), false);
    bell.on('ring', () => {});
    bell.on('error', () => {});
    assert.equal(bell.hasListenersFor('ring'), true);
    bell.removeAllListeners('ring');
    assert.equal(bell.hasListenersFor('ring'), false);
    assert.equal(bell.hasListenersFor('error'), true);
    bell.removeAllListeners();
    assert.equal(bell.hasListenersFor('error'), false);
  });

  it('does not throw for an error event that nobody listens to', () => {
    assert.doesNotThrow(() => new Bell().fail());
  });

  it('reports a listener that throws and calls the others', async () => {
    const bell = new Bell();
    let heard = false;
    bell.on('ring', () => {
      throw new Error('deaf');
    });
    bell.on('ring', () => {
      heard = true;
    });
    // The test runner has its own listeners, which would take the error for a failure of the test.
    const runners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      const uncaught = once(process, 'uncaughtException');
      bell.ring(1);
      const [error] = await uncaught;
      assert.equal(error.message, 'deaf');
      assert.equal(heard, true);
    } finally {
      for (const runner of runners) process.on('uncaughtException', runner);
    }
  });
});
