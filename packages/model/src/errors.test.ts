import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lowLatencySdk from '@aws-sdk/client-ivs';
import * as realTimeSdk from '@aws-sdk/client-ivs-realtime';
import * as errors from './errors.ts';

test('every name in the catalogue has a class with that name', () => {
  for (const name of errors.errorNames) {
    const Class: unknown = Reflect.get(errors, name);
    assert.ok(typeof Class === 'function', name);
    const error: unknown = Reflect.construct(Class, ['told']);
    assert.ok(error instanceof errors.ServiceError && error instanceof Error);
    assert.equal(error.name, name);
    assert.equal(error.message, 'told');
    assert.ok(error.status >= 400 && error.status < 600);
  }
});

test('the modelled errors are those of the SDKs', () => {
  const modelled = errors.errorNames.filter((name) => catalogued(name).modelled);
  const known = Object.keys({ ...lowLatencySdk, ...realTimeSdk }).filter((key) =>
    /^(\w+Exception|PendingVerification|ChannelNotBroadcasting|StreamUnavailable)$/.test(key),
  );
  // The first two are what the others derive from; of throttling, the front door alone knows.
  const others = ['IVSRealTimeServiceException', 'IvsServiceException', 'ThrottlingException'];
  assert.deepEqual([...modelled].sort(), known.filter((name) => !others.includes(name)).sort());
});

test('an error has the status that the service gives it', () => {
  assert.equal(new errors.ServiceQuotaExceededException().status, 402);
  assert.equal(new errors.ThrottlingException().status, 400);
  assert.equal(new errors.NotImplementedException().status, 501);
});

test('an error without a text of its own has the usual one', () => {
  assert.equal(new errors.ThrottlingException().message, 'Rate exceeded');
  assert.equal(new errors.MissingAuthenticationTokenException().message, 'Missing Authentication Token');
});

function catalogued(name: errors.ErrorName): errors.ServiceError {
  return new errors.ServiceError(name, '');
}
