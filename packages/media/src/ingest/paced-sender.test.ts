import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { PacedSender } from './paced-sender.ts';
import { PlayoutClock } from './playout-clock.ts';

describe('a paced sender', { timeout: 120_000 }, () => {
  it('sends what has come in a burst at its own pace, sound and picture in step', async () => {
    const { clock, sender, sent, done } = open(8);
    const startMs = performance.now();
    // The first came when it should; the rest waits.
    clock.arrived('video', 0, startMs);
    for (const mediaMs of [0, 40, 80, 120]) sender.push('video', mediaMs, [Buffer.from(`v${mediaMs}`)]);
    for (const mediaMs of [0, 40, 80, 120]) sender.push('audio', mediaMs, [Buffer.from(`a${mediaMs}`)]);
    await once(done, 'done');
    const names = sent.map(({ name }) => name);
    // On a busy machine more is due at once than one of each.
    for (const kind of ['a', 'v']) {
      const ofKind = names.filter((name) => name.startsWith(kind));
      assert.deepEqual(ofKind, [`${kind}0`, `${kind}40`, `${kind}80`, `${kind}120`]);
    }
    for (const { name, atMs } of sent) assert.ok(atMs - startMs >= Number(name.slice(1)) - 2, name);
    sender.close();
  });

  it('sends a large picture in parts', async () => {
    const { clock, sender, sent, done } = open(200);
    clock.arrived('video', 0, performance.now());
    sender.push(
      'video',
      0,
      Array.from({ length: 200 }, (_, index) => Buffer.from(String(index))),
    );
    assert.ok(sent.length < 100);
    await once(done, 'done');
    assert.deepEqual(
      sent.map(({ name }) => name),
      Array.from({ length: 200 }, (_, index) => String(index)),
    );
    sender.close();
  });

  it('says when too much waits, and when it has room', async () => {
    const { clock, sender, done, told } = open(8_000);
    clock.arrived('video', 0, performance.now());
    const megabyte = Array.from({ length: 1_000 }, () => Buffer.alloc(1_000));
    for (let count = 0; count < 8; count += 1) sender.push('video', count, megabyte);
    assert.deepEqual(told, ['full']);
    await once(done, 'done');
    assert.deepEqual(told, ['full', 'room']);
    sender.close();
  });

  it('sends nothing more once it is closed', async () => {
    const { clock, sender, sent } = open(1);
    clock.arrived('video', 0, performance.now());
    sender.push('video', 20_000, [Buffer.of(1)]);
    sender.close();
    sender.push('video', 0, [Buffer.of(1)]);
    assert.equal(sent.length, 0);
  });
});

/** Tells `done` after so many datagrams. */
function open(count: number) {
  const clock = new PlayoutClock();
  const sent: { name: string; atMs: number }[] = [];
  const told: string[] = [];
  const done = new EventEmitter<{ done: [] }>();
  const sender = new PacedSender(clock, {
    send(datagram) {
      sent.push({ name: datagram.toString('latin1'), atMs: performance.now() });
      if (sent.length === count) setImmediate(() => done.emit('done'));
    },
    full: () => told.push('full'),
    room: () => told.push('room'),
  });
  return { clock, sender, sent, told, done };
}
