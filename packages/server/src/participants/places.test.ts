import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Places, takeAll } from './places.ts';

const what = 'publishers';

describe('places', () => {
  it('are as many as there are, and each is given back once', () => {
    const places = new Places({ limit: 2, what });
    const first = places.take();
    places.take();
    assert.equal(places.isFull, true);
    assert.equal(places.fullMessage, 'There are 2 publishers already');
    assert.throws(() => places.take());
    first.release();
    first.release();
    assert.equal(places.taken, 1);
    places.take();
    assert.equal(places.isFull, true);
  });

  it('are fewer when others take some', () => {
    let elsewhere = 1;
    const places = new Places({ limit: 2, what, takenElsewhere: () => elsewhere });
    places.take();
    assert.equal(places.isFull, true);
    elsewhere = 0;
    assert.equal(places.isFull, false);
  });

  it('have no end when they are unlimited, and are none when there are to be none', () => {
    const places = new Places({ limit: Infinity, what });
    for (let count = 0; count < 1_000; count += 1) places.take();
    assert.equal(places.isFull, false);
    assert.equal(new Places({ limit: 0, what }).isFull, true);
  });

  it('are taken and given back together', () => {
    const [one, other] = [new Places({ limit: 1, what }), new Places({ limit: 5, what })];
    const place = takeAll([one, other]);
    assert.deepEqual([one.taken, other.taken], [1, 1]);
    place.release();
    place.release();
    assert.deepEqual([one.taken, other.taken], [0, 0]);
  });

  it('are offered to those who wait, in their order, as far as they go, after what is being done', async () => {
    const places = new Places({ limit: 1, what });
    const place = places.take();
    const woken: string[] = [];
    const first = () => {
      woken.push('first');
      places.take();
    };
    const left = () => void woken.push('left');
    places.wait(left);
    places.stopWaiting(left);
    places.wait(first);
    places.wait(() => void woken.push('second'));
    place.release();
    assert.deepEqual(woken, []);
    await Promise.resolve();
    assert.deepEqual(woken, ['first']);
  });
});
