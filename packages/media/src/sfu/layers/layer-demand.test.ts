import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { LayerDemand } from './layer-demand.ts';

describe('the demand for layers', () => {
  it('begins with all of them, and is the lowest when nobody asks for more', async () => {
    const demand = new LayerDemand(3, 1);
    assert.equal(demand.highest, 2);
    await once(demand, 'changed');
    assert.equal(demand.highest, 0);
    demand.close();
  });

  it('grows at once and shrinks to the highest that is left', async () => {
    const demand = new LayerDemand(3, 1);
    await once(demand, 'changed');
    const mid = demand.claim(1);
    assert.equal(demand.highest, 1);
    const hi = demand.claim(2);
    assert.equal(demand.highest, 2);
    hi.set(undefined);
    await once(demand, 'changed');
    assert.equal(demand.highest, 1);
    mid.release();
    await once(demand, 'changed');
    assert.equal(demand.highest, 0);
    hi.set(2);
    assert.equal(demand.highest, 2);
    demand.close();
  });

  it('counts each claim once, however often it is set and released, and takes any number of them', async () => {
    const demand = new LayerDemand(3, 1);
    await once(demand, 'changed');
    const claims = [...Array(20_000)].map(() => demand.claim(1));
    for (const claim of claims) claim.set(2);
    assert.equal(demand.highest, 2);
    const [last, ...others] = claims;
    for (const claim of [...others, ...others]) claim.release();
    last?.set(1);
    await once(demand, 'changed');
    assert.equal(demand.highest, 1);
    last?.release();
    await once(demand, 'changed');
    assert.equal(demand.highest, 0);
    demand.close();
  });

  it('tells nothing of who looks away only for a moment', async () => {
    const demand = new LayerDemand(2, 1);
    const later = new LayerDemand(2, 2);
    const claim = demand.claim(1);
    demand.on('changed', () => assert.fail('it shrank'));
    claim.set(undefined);
    claim.set(1);
    await once(later, 'changed');
    assert.equal(demand.highest, 1);
    demand.close();
  });
});
