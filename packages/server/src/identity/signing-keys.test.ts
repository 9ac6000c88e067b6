import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessKey } from './signer.fixture.ts';
import { SigningKeys } from './signing-keys.ts';

describe('Signing keys', () => {
  test('are derived once for an access key, a day and a region', () => {
    const keys = new SigningKeys();
    const key = keys.find(accessKey, '20261121', 'us-west-2');
    assert.equal(keys.find(accessKey, '20261121', 'us-west-2'), key);
    assert.notDeepEqual(keys.find(accessKey, '20261122', 'us-west-2').export(), key.export());
    assert.notDeepEqual(keys.find(accessKey, '20261121', 'eu-west-1').export(), key.export());
  });

  test('differ for the API and for objects', () => {
    const find = (service: 'ivs' | 's3') => new SigningKeys(service).find(accessKey, '20261121', 'us-west-2').export();
    assert.notDeepEqual(find('ivs'), find('s3'));
  });

  test('are derived anew when the secret of an access key id changes', () => {
    const keys = new SigningKeys();
    const key = keys.find(accessKey, '20261121', 'us-west-2');
    const changed = keys.find({ ...accessKey, secretAccessKey: 'another' }, '20261121', 'us-west-2');
    assert.notDeepEqual(changed.export(), key.export());
    assert.equal(keys.size, 1);
  });

  test('are dropped when they were not used for longest, so that there are never more than the capacity', () => {
    const keys = new SigningKeys('ivs', 2);
    const first = keys.find(accessKey, '20261121', 'us-west-2');
    const second = keys.find(accessKey, '20261122', 'us-west-2');
    keys.find(accessKey, '20261121', 'us-west-2');
    keys.find(accessKey, '20261123', 'us-west-2');
    assert.equal(keys.size, 2);
    assert.equal(keys.find(accessKey, '20261121', 'us-west-2'), first);
    assert.notEqual(keys.find(accessKey, '20261122', 'us-west-2'), second);
  });
});
