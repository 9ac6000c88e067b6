import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControlPlane } from '../control-plane.fixture.ts';

test('a stream that two things hold up starves once, from the first to when neither does any more', async (t) => {
  const { call, streams, events } = await openControlPlane(t);
  const { channel } = await call('CreateChannel', {});
  const stream = streams.create(channel.arn, 'ENCODER');
  await stream.begin();
  stream.starve(true);

  /** @returns what is told of it, and how it is */
  async function after(change: () => void): Promise<unknown[]> {
    events.length = 0;
    change();
    await stream.begin(); // comes after what was to be written
    const { stream: shown } = await call('GetStream', { channelArn: channel.arn });
    return [...events.map(({ detail }) => detail.event_name), shown.health];
  }
  const live = await after(() => stream.follow({ state: 'ACTIVE' }));
  assert.deepEqual(live, ['Stream Start', 'HEALTHY'], 'before it is live nobody waits for it');
  assert.deepEqual(await after(() => stream.starve(true)), ['Starvation Start', 'STARVING']);
  assert.deepEqual(await after(() => stream.follow({ state: 'RECONNECTING' })), ['STARVING']);
  assert.deepEqual(await after(() => stream.starve(false)), ['STARVING'], 'it cannot be put anywhere');
  assert.deepEqual(await after(() => stream.starve(true)), ['STARVING']);
  assert.deepEqual(await after(() => stream.follow({ state: 'ACTIVE' })), ['STARVING'], 'nothing comes');
  assert.deepEqual(await after(() => stream.starve(false)), ['Starvation End', 'HEALTHY']);
  assert.deepEqual(await after(() => stream.follow({ state: 'RECONNECTING' })), ['Starvation Start', 'STARVING']);
  await stream.end();
});
