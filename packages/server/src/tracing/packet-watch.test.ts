import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { HandClock } from '../hand-clock.fixture.ts';
import { PacketWatch } from './packet-watch.ts';

const goesOn = () => false;

/** Somebody who is sent something from a moment on, and how often that was asked. */
function receiverOf(clock: HandClock, sentFrom: Date) {
  let looks = 0;
  const delivered = async () => {
    looks += 1;
    return { bitrateBps: { audio: 0, video: clock.now() < sentFrom ? 0 : 1_000 }, lost: undefined };
  };
  return { receiver: { delivered }, looks: () => looks };
}

async function pass(clock: HandClock, durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 10) {
    clock.advance(10);
    await turn();
  }
}

test('the first packet is seen at the next look, and looks become rarer', async () => {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const { receiver, looks } = receiverOf(clock, new Date('2026-11-21T12:00:00.200Z'));
  const seen = new PacketWatch(clock).untilSent(receiver, goesOn).then((isSent) => ({ isSent, at: clock.now() }));
  await turn();
  await pass(clock, 400);
  assert.deepEqual(await seen, { isSent: true, at: new Date('2026-11-21T12:00:00.300Z') });
  // At 0, 20, 60, 140 and 300 ms.
  assert.equal(looks(), 5);
  assert.equal(clock.alarms, 0);
});

test('who is sent nothing is given up after ten seconds and some twenty looks', async () => {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const { receiver, looks } = receiverOf(clock, new Date('2026-11-21T13:00:00Z'));
  const seen = new PacketWatch(clock).untilSent(receiver, goesOn);
  await turn();
  await pass(clock, 11_000);
  assert.equal(await seen, false);
  assert.ok(looks() <= 25, `${looks()} looks`);
  assert.equal(clock.alarms, 0);
});

test('nobody looks after what is over', async () => {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const { receiver, looks } = receiverOf(clock, new Date('2026-11-21T13:00:00Z'));
  assert.equal(await new PacketWatch(clock).untilSent(receiver, () => true), false);
  assert.equal(looks(), 0);
});

test('only so many are watched, until it is closed', async () => {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  const packets = new PacketWatch(clock);
  const { receiver } = receiverOf(clock, new Date('2026-11-21T13:00:00Z'));
  const watched = Array.from({ length: 100 }, () => {
    assert.ok(!packets.isFull);
    return packets.untilSent(receiver, goesOn);
  });
  assert.ok(packets.isFull);
  await turn();
  packets.close();
  assert.ok((await Promise.all(watched)).every((isSent) => !isSent));
  assert.ok(!packets.isFull);
  assert.equal(clock.alarms, 0);
});
