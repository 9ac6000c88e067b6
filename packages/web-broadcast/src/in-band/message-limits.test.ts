import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandClock } from '../../test/hand-clock.ts';
import { MessageBudget, readPayload, requireRepeatCount } from './message-limits.ts';

describe('the limits of messages', () => {
  it('take payloads from 1 byte up to less than 1 KB, and copy them', () => {
    const buffer = Uint8Array.of(1, 2, 3).buffer;
    const payload = readPayload(buffer);
    new Uint8Array(buffer).fill(9);
    assert.deepEqual(payload, Uint8Array.of(1, 2, 3));
    assert.equal(readPayload(new ArrayBuffer(1_023)).length, 1_023);
    assert.throws(() => readPayload(new ArrayBuffer(0)), RangeError);
    assert.throws(() => readPayload(new ArrayBuffer(1_024)), /RangeError: .* not 1024$/);
  });

  it('take a part of a buffer as what it is', () => {
    assert.deepEqual(readPayload(new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)), Uint8Array.of(2, 3));
  });

  it('take nothing but buffers', () => {
    for (const payload of ['text', undefined, null, [1], {}, 5]) {
      assert.throws(() => readPayload(payload as unknown as ArrayBuffer), TypeError);
    }
  });

  it('let a message be repeated up to 30 times', () => {
    for (const count of [0, 30]) requireRepeatCount(count);
    for (const count of [-1, 31, 1.5, Number.NaN, '3'])
      assert.throws(() => requireRepeatCount(count as number), RangeError);
  });

  it('let 10 KB through in any second', () => {
    const clock = new HandClock();
    const budget = new MessageBudget(clock);
    for (let count = 0; count < 10; count += 1) {
      budget.require(1_023);
      budget.spend(1_023);
      clock.advance(50);
    }
    budget.require(10);
    assert.throws(() => budget.require(11), /RangeError: .* 10240 bytes/);
    clock.advance(500); // a second since the first one
    budget.require(1_033);
    assert.throws(() => budget.require(1_034), RangeError);
  });
});
