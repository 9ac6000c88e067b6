import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { FanOut } from './remote-stream.ts';

async function take<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

function fill(fanOut: FanOut<number>, ...items: number[]): void {
  for (const item of items) for (const queue of fanOut.queues) queue.push(item);
}

describe('what comes by itself', () => {
  test('is kept for each who takes it, the newest of it when he is slow', async () => {
    const fanOut = new FanOut<number>(3);
    const early = fanOut.open({});
    fill(fanOut, 1, 2);
    const late = fanOut.open({});
    fill(fanOut, 3, 4);
    fanOut.end();
    assert.deepEqual(await take(early), [2, 3, 4]);
    assert.deepEqual(await take(late), [3, 4]);
    assert.deepEqual(await take(fanOut.open({})), []);
  });

  test('is handed at once to who waits for it', async () => {
    const fanOut = new FanOut<number>(3);
    const queue = fanOut.open({});
    const [first, second] = [queue.next(), queue.next()];
    fill(fanOut, 1);
    assert.deepEqual(await first, { value: 1, done: false });
    fanOut.end();
    assert.deepEqual(await second, { value: undefined, done: true });
  });

  test('leaves nothing at the signal of who took it to its end', async () => {
    const fanOut = new FanOut<number>(3);
    const { signal } = new AbortController();
    const taken = take(fanOut.open({ signal }));
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    fanOut.end();
    await taken;
    await take(fanOut.open({ signal }));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.equal([...fanOut.queues].length, 0);
  });

  test('is no longer kept for who has stopped', async () => {
    const fanOut = new FanOut<number>(3);
    const stopped = new AbortController();
    const [aborted, broken] = [fanOut.open({ signal: stopped.signal }), fanOut.open({})];
    const waiting = aborted.next();
    stopped.abort();
    assert.equal((await waiting).done, true);
    fill(fanOut, 1);
    for await (const item of broken) {
      assert.equal(item, 1);
      break;
    }
    assert.equal([...fanOut.queues].length, 0);
    assert.deepEqual(await take(fanOut.open({ signal: stopped.signal })), []);
  });
});
