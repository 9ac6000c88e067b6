import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refused } from '../clients/signalling.ts';
import { Failures, failureReason } from './failures.ts';

describe('failures', () => {
  test('are counted by reason, the most frequent first', () => {
    const failures = new Failures();
    failures.add('late');
    failures.add('refused', 3);
    failures.add('late');
    assert.equal(failures.count, 5);
    assert.deepEqual(failures.list, [
      { reason: 'refused', count: 3 },
      { reason: 'late', count: 2 },
    ]);
  });

  test('come together from a number of reasons on', () => {
    const failures = new Failures();
    for (let index = 0; index < 100; index += 1) failures.add(`reason ${index}`);
    assert.equal(failures.count, 100);
    assert.equal(failures.list.length, 31);
    assert.deepEqual(failures.list[0], { reason: 'other reasons', count: 70 });
  });
});

describe('the reason of a failure', () => {
  test('is what the server said, without the address that it said it at', () => {
    const answer = '{"code":1,"message":"The token is malformed."}';
    const error = new Refused('The offer to /whip/stage/participant', 401, answer);
    assert.equal(failureReason(error), 'answered with 401: The token is malformed.');
    assert.equal(failureReason(new Refused('x', 502, '<html>\n<p>Bad')), 'answered with 502: <html>');
    assert.equal(failureReason(new Refused('x', 503, '')), 'answered with 503: nothing');
  });

  test('names the address at which nobody listens', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '::1', port: 7080 });
    assert.equal(failureReason(new AggregateError([refused, refused])), 'nobody listens on ::1:7080 (ECONNREFUSED)');
  });

  test('tells the cause of what failed', () => {
    const error = new Error('The DTLS handshake failed', { cause: new Error('bad certificate') });
    assert.equal(failureReason(error), 'The DTLS handshake failed: bad certificate');
    assert.equal(failureReason('thrown text'), 'thrown text');
  });
});
