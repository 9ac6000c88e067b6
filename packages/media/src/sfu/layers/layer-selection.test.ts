import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeSelection } from './layer-selection.ts';

describe('the selection of a layer', () => {
  it('is by bandwidth where nothing is preferred, or the preferred layer does not fit', () => {
    assert.deepEqual(describeSelection(2, 2, false, true), { selected: 2, reason: 'BANDWIDTH', isAdapting: true });
    assert.deepEqual(describeSelection(0, 2, false, true), { selected: 0, reason: 'BANDWIDTH', isAdapting: true });
    assert.deepEqual(describeSelection(0, 1, true, true), { selected: 0, reason: 'BANDWIDTH', isAdapting: true });
  });

  it('is by preference once the preferred layer is sent', () => {
    assert.deepEqual(describeSelection(1, 1, true, true), { selected: 1, reason: 'PREFERENCE', isAdapting: false });
  });

  it('is what there is while the publisher does not send the layer', () => {
    assert.deepEqual(describeSelection(0, 2, false, false), { selected: 0, reason: 'UNAVAILABLE', isAdapting: true });
    assert.deepEqual(describeSelection(0, 1, true, false), { selected: 0, reason: 'UNAVAILABLE', isAdapting: true });
  });

  it('has no reason while nothing is sent', () => {
    const nothing = { selected: undefined, reason: undefined, isAdapting: true };
    assert.deepEqual(describeSelection(undefined, 2, false, true), nothing);
  });
});
