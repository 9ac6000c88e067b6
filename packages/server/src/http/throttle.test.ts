import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ThrottlingException } from '@proscenium/model';
import { Throttle } from './throttle.ts';
import { defaultThrottleRates } from './throttle-rates.ts';

const scope = { account: '123456789012', region: 'us-west-2' };
const start = new Date('2026-11-21T12:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

/** How many calls of an operation come through at once. */
function burst(throttle: Throttle, now = start, operation = 'CreateStage' as const, from = scope): number {
  for (let count = 0; ; count += 1) {
    try {
      throttle.take(from, operation, now);
    } catch (error) {
      assert.ok(error instanceof ThrottlingException);
      assert.equal(error.message, 'Rate exceeded');
      return count;
    }
  }
}

const at = (rate: number) => new Throttle({ ...defaultThrottleRates, CreateStage: rate });

describe('A throttle', () => {
  test('lets as many calls through at once as its rate, and then so many in a second', () => {
    const throttle = at(5);
    assert.equal(burst(throttle), 5);
    assert.equal(burst(throttle, after(199)), 0);
    assert.equal(burst(throttle, after(200)), 1);
    assert.equal(burst(throttle, after(1_200)), 5);
    assert.equal(burst(throttle, after(3_600_000)), 5);
  });

  test('lets one call through at a time when the rate is less than one in a second', () => {
    const throttle = at(0.5);
    assert.equal(burst(throttle), 1);
    assert.equal(burst(throttle, after(1_000)), 0);
    assert.equal(burst(throttle, after(2_000)), 1);
  });

  test('counts every account, region and operation apart', () => {
    const throttle = at(5);
    burst(throttle);
    assert.equal(burst(throttle, start, 'CreateStage', { ...scope, region: 'eu-west-1' }), 5);
    assert.equal(burst(throttle, start, 'CreateStage', { ...scope, account: '111122223333' }), 5);
    throttle.take(scope, 'GetStage', start);
  });

  test('does not stop for good when the clock is set back', () => {
    const throttle = at(5);
    burst(throttle, after(3_600_000));
    assert.equal(burst(throttle, start), 0);
    assert.equal(burst(throttle, after(1_000)), 5);
  });

  test('forgets what was used longest ago rather than grow', () => {
    const throttle = new Throttle(defaultThrottleRates, 2);
    for (const account of ['1', '2', '3', '4']) throttle.take({ ...scope, account }, 'CreateStage', start);
    assert.equal(throttle.size, 2);
  });

  test('has the published rates by default', () => {
    const { CreateParticipantToken, GetPublicKey, TagResource, CreateStage } = defaultThrottleRates;
    assert.deepEqual([CreateParticipantToken, GetPublicKey, TagResource, CreateStage], [50, 3, 10, 5]);
  });
});
