import assert from 'node:assert/strict';
import { EventEmitter, on, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { observer, type types } from 'mediasoup';
import type { CodecName } from '../webrtc/codecs.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Publisher } from './publisher.ts';
import type { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';
import type { Subscriber } from './subscriber.ts';

const everything: ReadonlySet<CodecName> = new Set(['opus', 'h264', 'vp8']);

/** Lines of a video section of two layers. */
const simulcast = [
  'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=rid:low send',
  'a=rid:hi send',
  'a=simulcast:send low;hi',
];

const GUARD_MS = 60_000;

describe('a subscriber to whom the server offers', { timeout: GUARD_MS }, () => {
  let sfu: Sfu;
  let stage: StageMedia;
  let subscriber: Subscriber;
  /** Of whom it was asked last whether they may be received. */
  let asked: readonly string[];
  /** Tells of each client's transport as it is made. */
  const transports = new EventEmitter<{ made: [transport: types.Transport] }>();

  before(async () => {
    observer.on('newworker', (worker) => {
      worker.observer.on('newrouter', (router) => {
        router.observer.on('newtransport', (transport) => {
          if (transport.type === 'webrtc') transports.emit('made', transport);
        });
      });
    });
    sfu = await startLoopbackSfu({
      answerTimeoutMs: 1, // nobody answers here
    });
  });
  after(() => sfu?.close());

  beforeEach(async () => {
    stage = await sfu.createStage();
    asked = [];
    subscriber = stage.createSubscriber((publisherIds) => {
      asked = publisherIds;
      return new Set(publisherIds);
    });
    subscriber.on('failed', (error) => assert.fail(error));
  });
  afterEach(() => stage.close());

  /** Publishes H.264 and Opus. Its packets are only said to have come: what a subscriber looks at is the same. */
  async function publish(participantId: string, lines: string[] = []): Promise<Publisher> {
    const publisher = await stage.publish(participantId, offer([{ kind: 'audio' }, { kind: 'video', lines }]));
    for (const producer of publisher.producers.values()) producer.emit('score', []);
    return publisher;
  }

  function wishFor(participantIds: string[], decodable = everything): void {
    const wishes = participantIds.map((participantId) => ({ participantId, kinds: ['audio', 'video'] as const }));
    subscriber.setWish(wishes, decodable);
  }

  const streamsOf = (tracks: readonly { participantId: string; kind: string }[]) =>
    tracks.map(({ participantId, kind }) => `${participantId} ${kind}`);

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
    assert.deepEqual(asked, [], 'who cannot connect holds no place');

    const next = once(subscriber, 'offer');
    wishFor(['alice', 'bob']);
    const [{ tracks }] = await next;
    assert.deepEqual(
      tracks.map(({ participantId }: { participantId: string }) => participantId),
      ['alice', 'alice'],
    );
    assert.deepEqual(asked, ['alice']);
  });

  it('is not connected when it wishes nothing any more before the connection is there', async () => {
    await publish('alice');
    const offers: unknown[] = [];
    subscriber.on('offer', (one) => offers.push(one));
    transports.once('made', () => wishFor([]));
    const made = once(transports, 'made');
    wishFor(['alice']);
    const [transport] = await made;
    if (!transport.closed) await once(transport.observer, 'close');
    await settled();
    assert.deepEqual(offers, []);
    assert.deepEqual(asked, []);
  });

  it('is offered what it wishes when the connection is there, not what it wished before', async () => {
    await publish('alice');
    await publish('bob');
    transports.once('made', () => wishFor(['bob']));
    const offered = once(subscriber, 'offer');
    wishFor(['alice']);
    const [{ tracks }] = await offered;
    assert.deepEqual(
      tracks.map(({ participantId }: { participantId: string }) => participantId),
      ['bob', 'bob'],
    );
  });

  it('keeps no stream, and claims no layer, that is made after its connection has ended', async () => {
    const { layers } = await publish('alice', simulcast);
    assert.ok(layers);
    const video = new Promise<types.Consumer>((resolve) => {
      transports.once('made', (transport) => {
        const consume = transport.consume.bind(transport);
        transport.consume = (options) => {
          const asked = consume(options);
          if (options.mid === '1') wishFor([]); // the worker answers after the end
          return asked;
        };
        transport.observer.on('newconsumer', (consumer) => {
          if (consumer.kind === 'video') resolve(consumer);
        });
      });
    });
    wishFor(['alice']);
    const consumer = await video;
    await settled();
    assert.ok(consumer.closed);
    assert.equal(layers.listenerCount('changed'), 0);
  });

  it('is offered the others when a stream cannot be made, and that one again when it wishes anew', async () => {
    const { producers } = await publish('alice');
    await publish('bob');
    const broken = new Error('no more ports');
    transports.once('made', (transport) => {
      const consume = transport.consume.bind(transport);
      transport.consume = async (options) => {
        if (options.producerId === producers.get('video')?.id) throw broken;
        return consume(options);
      };
    });
    const unserved: unknown[] = [];
    subscriber.on('unserved', (...told) => unserved.push(told));
    const offered = once(subscriber, 'offer');
    wishFor(['alice', 'bob']);
    const [{ tracks }] = await offered;
    assert.deepEqual(streamsOf(tracks), ['alice audio', 'bob audio', 'bob video']);
    assert.deepEqual(unserved, [['alice', broken]]);

    await once(subscriber, 'ended');
    const next = once(subscriber, 'offer');
    wishFor(['alice']);
    const [again] = await next;
    assert.deepEqual(streamsOf(again.tracks), ['alice audio', 'alice video']);
  });

  it('is offered new ICE credentials once a second at most, however often it asks', async () => {
    const answer = offer([{ kind: 'audio', direction: 'recvonly' }], { setup: 'active' });
    const sessions = new Set<string | undefined>();
    const third = new Promise<void>((resolve) => {
      subscriber.on('offer', ({ transportId, offerId, sdp }) => {
        sessions.add(/^a=ice-ufrag:(.*)$/m.exec(sdp)?.[1]);
        if (sessions.size === 3) resolve();
        void subscriber.answer(transportId, offerId, answer);
      });
    });
    await publish('alice');
    const offered = once(subscriber, 'offer');
    wishFor(['alice']);
    const [{ transportId }] = await offered;
    const startedMs = performance.now();
    const asking = setInterval(() => subscriber.restartIce(transportId), 10);
    await third.finally(() => clearInterval(asking));
    assert.ok(performance.now() - startedMs >= 1_000);
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
