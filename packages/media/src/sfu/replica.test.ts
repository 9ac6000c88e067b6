import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { LiveObjects } from './live-objects.fixture.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Publisher } from './publisher.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import type { Replica } from './replica.ts';
import { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

/** More turns of the event loop than a replica takes to be made, on a fast machine: an end comes at each of them. */
const TURNS = 30;
const nothing = { router: 0, transport: 0, producer: 0, consumer: 0 };

const simulcast = [
  'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=rid:low send',
  'a=rid:hi send',
  'a=simulcast:send low;hi',
];

for (const workers of [1, 2]) {
  describe(`a replica, of ${workers} workers`, { timeout: 120_000 }, () => {
    const live = new LiveObjects();
    let sfu: Sfu;
    let source: StageMedia;
    let destination: StageMedia;
    let publisher: Publisher;

    before(async () => {
      sfu = await Sfu.start({
        listenAddress: '127.0.0.1',
        port: 0,
        workers,
        workerPath: findRecordedWorker(import.meta.dirname),
        announcedAddresses: [],
        iceConsentTimeoutSeconds: 10,
        publishBitrateBps: 8_500_000,
        subscribeBitrateBps: 8_500_000,
      });
    });
    after(() => sfu?.close());
    beforeEach(() => open());
    afterEach(() => close());

    async function open(): Promise<void> {
      source = await sfu.createStage();
      destination = await sfu.createStage();
      publisher = await publish(source, 'alice');
    }

    function close(): void {
      source.close();
      destination.close();
    }

    const publish = (stage: StageMedia, id: string) =>
      stage.publish(id, offer([{ kind: 'audio' }, { kind: 'video', lines: simulcast }]));

    /** That packets come is only said: what is copied is the same. */
    function flow(of: Publisher, ...kinds: MediaKind[]): void {
      for (const kind of kinds) of.producers.get(kind)?.emit('score', []);
    }

    async function openReplica(): Promise<Replica> {
      flow(publisher, 'audio', 'video');
      return destination.replicate(publisher);
    }

    function copyOf(replica: Replica, kind: MediaKind): types.Producer {
      const copy = replica.producers.get(kind);
      assert.ok(copy);
      return copy;
    }

    const loads = async () => (await sfu.dump()).workers.map(({ load }) => load);
    const counts = () => {
      const { worker, ...rest } = live.counts;
      return rest;
    };

    it('has what its publisher sends, under an own publishId, and counts as load of the worker that feeds it', async () => {
      const replica = await openReplica();
      assert.equal(replica.participantId, 'alice');
      assert.notEqual(replica.publishId, publisher.publishId);
      assert.deepEqual(replica.kinds, ['audio', 'video']);
      assert.deepEqual(Object.fromEntries(replica.codecs), { audio: 'opus', video: 'h264' });
      assert.equal(copyOf(replica, 'video').rtpParameters.encodings?.length, 2);
      assert.deepEqual((await destination.dump()).publishers, ['alice']);
      assert.equal(destination.publisher('alice'), undefined, 'it is none itself');
      assert.equal(
        (await loads()).reduce((a, b) => a + b, 0),
        2,
      );
      replica.close();
      assert.deepEqual(new Set(await loads()), new Set([0]));
      assert.deepEqual((await destination.dump()).publishers, []);
    });

    it('follows a stream that begins later', async () => {
      const replica = await destination.replicate(publisher);
      assert.deepEqual(replica.kinds, []);
      for (const kind of ['video', 'audio'] as const) {
        const begun = once(replica, 'media');
        flow(publisher, kind);
        assert.deepEqual(await begun, [kind]);
      }
      assert.deepEqual(replica.kinds, ['audio', 'video']);
    });

    it('is held back while its publisher is muted', async () => {
      await publisher.setPaused('audio', true);
      const replica = await openReplica();
      assert.deepEqual([copyOf(replica, 'audio').paused, copyOf(replica, 'video').paused], [true, false]);
      const changes = [
        ['audio', false, 'resume'],
        ['video', true, 'pause'],
      ] as const;
      for (const [kind, paused, change] of changes) {
        const changed = once(copyOf(replica, kind).observer, change);
        await publisher.setPaused(kind, paused);
        await changed;
      }
    });

    it('is held back even if its publisher hears later than it that it is muted', async (t) => {
      const replica = await openReplica();
      const stream = publisher.producers.get('audio');
      assert.ok(stream);
      t.mock.getter(stream, 'paused', () => false);
      const held = once(copyOf(replica, 'audio').observer, 'pause');
      await publisher.setPaused('audio', true);
      await held;
    });

    it('asks its publisher for the layers that somebody needs', async () => {
      const replica = await openReplica();
      assert.ok(publisher.layers);
      assert.equal(replica.layers, publisher.layers);
    });

    it('ends with its publish: another one is another replica', async () => {
      const replica = await openReplica();
      const ended = once(replica, 'ended');
      const next = await publish(source, 'alice');
      assert.deepEqual(await ended, ['lost']);
      flow(next, 'audio');
      const another = await destination.replicate(next);
      assert.deepEqual(another.kinds, ['audio']);
      assert.notEqual(another.publishId, replica.publishId);
      await assert.rejects(
        destination.replicate(publisher),
        (error) => error instanceof MediaRefusal && error.reason === 'PUBLISHER_NOT_FOUND',
      );
    });

    it('stands beside others, in other stages and of others in its own', async () => {
      const replica = await openReplica();
      const bob = await publish(destination, 'bob');
      flow(bob, 'audio', 'video');
      const back = await source.replicate(bob);
      const third = await sfu.createStage();
      const other = await third.replicate(publisher);
      replica.close();
      assert.deepEqual([back.ended, other.ended], [false, false]);
      third.close();
      assert.deepEqual([back.ended, other.ended, publisher.ended], [false, true, false]);
    });

    const ends = [
      ['publisher', () => publisher.close()],
      ['source stage', () => source.close()],
      ['destination stage', () => destination.close()],
    ] as const;
    for (const [what, end] of ends) {
      it(`leaves nothing behind when its ${what} ends while it is made, or later`, async () => {
        let refusals = 0;
        for (let turns = 0; turns < TURNS; turns += 1) {
          const made = openReplica().catch((error) => {
            assert.ok(error instanceof MediaRefusal, `${turns} turns: ${error}`);
            refusals += 1;
          });
          for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          end();
          const replica = await made;
          assert.notEqual(replica?.ended, false, `${turns} turns`);
          close();
          assert.deepEqual(counts(), nothing, `${turns} turns`);
          assert.deepEqual(new Set(await loads()), new Set([0]), `${turns} turns`);
          await open();
        }
        assert.ok(refusals > 0);
      });
    }

    it('leaves its two stages as they were', async () => {
      flow(publisher, 'audio', 'video');
      const before = counts();
      for (let times = 0; times < 3; times += 1) {
        const replica = await destination.replicate(publisher);
        replica.close();
        assert.deepEqual(counts(), before);
      }
    });
  });
}

describe('a replica whose media worker dies', { timeout: 120_000 }, () => {
  const live = new LiveObjects();

  for (const dies of ['source', 'destination'] as const) {
    it(`ends, and leaves nothing behind in the other stage, when that is the worker of its ${dies}`, async (t) => {
      const sfu = await startLoopbackSfu({ workers: 2 });
      t.after(() => sfu.close());
      const stages = { source: await sfu.createStage(), destination: await sfu.createStage() };
      const publisher = await stages.source.publish('alice', offer([{ kind: 'audio' }, { kind: 'video' }]));
      for (const producer of publisher.producers.values()) producer.emit('score', []);
      const replica = await stages.destination.replicate(publisher);
      const { workerPid } = await stages[dies].dump();
      const ended = once(replica, 'ended');
      process.kill(workerPid, 'SIGKILL');
      assert.deepEqual(await ended, ['lost']);
      assert.equal(publisher.ended, dies === 'source');
      stages.source.close();
      stages.destination.close();
      const { worker, ...rest } = live.counts;
      assert.deepEqual(rest, nothing);
    });
  }
});
