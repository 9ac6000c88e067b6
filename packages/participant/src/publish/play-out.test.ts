import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nowMs } from '../stream/clock.ts';
import { playOut } from './play-out.ts';

const never = new AbortController().signal;

async function* numbers(count: number, onEnd: () => void = () => undefined) {
  try {
    for (let number = 0; number < count; number += 1) yield number;
  } finally {
    onEnd();
  }
}

describe('playing a source', () => {
  test('hands each item on when it is due, and not before', async () => {
    const begin = nowMs();
    const early: number[] = [];
    const played: number[] = [];
    await playOut(
      numbers(5),
      (number) => begin + 10 * number,
      (number, dueMs) => {
        played.push(number);
        if (nowMs() < dueMs - 2) early.push(number);
      },
      never,
    );
    assert.deepEqual([played, early], [[0, 1, 2, 3, 4], []]);
  });

  test('takes no item before the one before is out', async () => {
    let taken = 0;
    async function* source() {
      for (; taken < 3; ) {
        taken += 1;
        yield taken;
      }
    }
    await playOut(
      source(),
      (_, now) => now + 5,
      (number) => assert.equal(taken, number),
      never,
    );
    assert.equal(taken, 3);
  });

  test('tells the source to stop when it is ended', async () => {
    const ending = new AbortController();
    const ended = Promise.withResolvers<void>();
    const played: number[] = [];
    const playing = playOut(
      numbers(Number.POSITIVE_INFINITY, ended.resolve),
      (_, now) => now,
      (number) => {
        played.push(number);
        if (number === 2) ending.abort();
      },
      ending.signal,
    );
    await Promise.all([playing, ended.promise]);
    assert.deepEqual(played, [0, 1, 2]);
  });

  test('tells the source to stop when what it gives cannot be sent', async () => {
    const ended = Promise.withResolvers<void>();
    const playing = playOut(
      numbers(3, ended.resolve),
      (_, now) => now,
      () => {
        throw new Error('it does not fit');
      },
      never,
    );
    await Promise.all([assert.rejects(playing, /does not fit/), ended.promise]);
  });

  test('ends during a wait', async () => {
    const ending = new AbortController();
    const playing = playOut(
      numbers(1),
      (_, now) => {
        setImmediate(() => ending.abort());
        return now + 1e6;
      },
      () => assert.fail('it was not due'),
      ending.signal,
    );
    await playing;
  });

  test('passes on what the source throws', async () => {
    async function* broken() {
      yield 1;
      throw new Error('the microphone fell down');
    }
    const played: number[] = [];
    const playing = playOut(
      broken(),
      (_, now) => now,
      (number) => played.push(number),
      never,
    );
    await assert.rejects(playing, /fell down/);
    assert.deepEqual(played, [1]);
  });
});
