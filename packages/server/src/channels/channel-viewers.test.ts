import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { ChannelViewers, MAXIMUM_VIEWERS } from './channel-viewers.ts';

const own = { account: '123456789012', region: 'us-west-2' };
const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abc';

function openViewers() {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  return { clock, viewers: new ChannelViewers(own, clock) };
}

test('whoever has not read the playlist for thirty seconds watches no more', () => {
  const { clock, viewers } = openViewers();
  viewers.see('abc', 'one');
  clock.advance(20_000);
  viewers.see('abc', 'other');
  assert.equal(viewers.count(arn), 2);
  clock.advance(10_001);
  assert.equal(viewers.count(arn), 1);
  viewers.see('abc', 'other');
  clock.advance(30_000);
  assert.equal(viewers.count(arn), 1);
  clock.advance(1);
  assert.equal(viewers.count(arn), 0);
});

test('no channel is counted above a hundred thousand, and the next channel counts from nobody', () => {
  const { viewers } = openViewers();
  for (let count = 0; count < MAXIMUM_VIEWERS + 1_000; count += 1) viewers.see('abc', `viewer ${count}`);
  assert.equal(viewers.count(arn), MAXIMUM_VIEWERS);
  viewers.see('abcd', 'viewer');
  assert.equal(viewers.count(`${arn}d`), 1);
});
