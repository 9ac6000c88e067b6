import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { CodecName } from '../webrtc/codecs.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import type { Publisher } from './publisher.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';
import type { Subscriber } from './subscriber.ts';

const everything: ReadonlySet<CodecName> = new Set(['opus', 'h264', 'vp8']);

const GUARD_MS = 30_000;

describe('a subscriber to whom the server offers', { timeout: GUARD_MS }, () => {
  let sfu: Sfu;
  let stage: StageMedia;
  let subscriber: Subscriber;

  before(async () => {
    sfu = await Sfu.start({
      listenAddress: '127.0.0.1',
      port: 0,
      workers: 1,
      workerPath: findRecordedWorker(import.meta.dirname),
      announcedAddresses: [],
      iceConsentTimeoutSeconds: 10,
      publishBitrateBps: 8_500_000,
      subscribeBitrateBps: 8_500_000,
      answerTimeoutMs: 1, // nobody answers here
    });
  });
  after(() => sfu?.close());

  beforeEach(async () => {
    stage = await sfu.createStage();
    subscriber = stage.createSubscriber();
    subscriber.on('failed', (error) => assert.fail(error));
  });
  afterEach(() => stage.close());

  /** Publishes H.264 and Opus. Its packets are only said to have come: what a subscriber looks at is the same. */
  async function publish(participantId: string): Promise<Publisher> {
    const publisher = await stage.publish(participantId, offer([{ kind: 'audio' }, { kind: 'video' }]));
    for (const producer of publisher.producers.values()) producer.emit('score', []);
    return publisher;
  }

  function wishFor(participantIds: string[], decodable = everything): void {
    const wishes = participantIds.map((participantId) => ({ participantId, kinds: ['audio', 'video'] as const }));
    subscriber.setWish(wishes, decodable);
  }

  it('is offered three connections that it does not answer, and the next one when it wishes anew', async () => {
    const offered: string[] = [];
    subscriber.on('offer', ({ transportId }) => offered.push(transportId));
    const ends = on(subscriber, 'ended');
    wishFor(['alice', 'bob']);
    await publish('alice');
    for (let count = 0; count < 3; count += 1) await ends.next();
    assert.equal(new Set(offered).size, 3);

    // The stage goes on changing, and takes its time about it.
    const bob = await publish('bob');
    await publish('carol');
    bob.close();
    assert.equal(new Set(offered).size, 3);

    const next = once(subscriber, 'offer');
    wishFor(['alice', 'bob']);
    const [{ tracks }] = await next;
    assert.deepEqual(
      tracks.map(({ participantId }: { participantId: string }) => participantId),
      ['alice', 'alice'],
    );
  });

  it('is told once of what it cannot decode: for each publish, and for each time that it wishes for it', async () => {
    const refused: string[] = [];
    subscriber.on('refused', (participantId, kind) => refused.push(`${participantId} ${kind}`));
    const nothing: ReadonlySet<CodecName> = new Set();
    wishFor(['alice'], nothing);
    await publish('alice');
    const both = ['alice audio', 'alice video'];
    assert.deepEqual(refused.splice(0), both);
    subscriber.refresh();
    wishFor(['alice'], nothing);
    await publish('bob');
    assert.deepEqual(refused.splice(0), []);

    await publish('alice');
    assert.deepEqual(refused.splice(0), both);

    wishFor([], nothing);
    await publish('carol');
    wishFor(['alice'], nothing);
    await publish('dave');
    assert.deepEqual(refused.splice(0), both);
  });
});
