import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import everything, * as named from './index.ts';

describe('the package', () => {
  it('can be imported where there is no browser', () => {
    assert.equal(typeof window, 'undefined');
    assert.equal(typeof named.Stage, 'function');
  });

  it('gives the same by its default export as by name', () => {
    const { default: _, ...names } = named;
    assert.deepEqual({ ...everything }, names);
  });

  it('keeps the older name of the connection state', () => {
    assert.equal(named.ConnectionState, named.StageConnectionState);
  });
});
