import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { announcedSizes } from '../../codec/picture-size.ts';
import { isRtcp, parseRtpPacket } from '../../rtp/packet.ts';
import { StreamReceiver } from '../../rtp/stream-receiver.ts';
import { MediaWorker } from '../../sfu/media-worker.ts';
import { findRecordedWorker } from '../../sfu/recorded-worker.ts';
import { routerCodec } from '../../webrtc/codecs.ts';
import type { StreamNews } from '../composer-messages.ts';
import { CompositionFeed } from './composition-feed.ts';
import { SimulcastPublication } from './simulcast.fixture.ts';

/** Stands where a composer listens: knows which pictures come. */
class Receiver extends EventEmitter<{ picture: [height: number] }> {
  readonly news: StreamNews[] = [];
  readonly ssrcs = new Set<number>();
  readonly #socket: Socket;
  #receiver = newReceiver();
  packets = 0;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => {
      if (isRtcp(data)) return;
      const packet = parseRtpPacket(data);
      this.packets += 1;
      if (!this.ssrcs.has(packet.ssrc)) this.#receiver = newReceiver();
      this.ssrcs.add(packet.ssrc);
      for (const { units } of this.#receiver.push(packet, performance.now())) {
        for (const { height } of announcedSizes('h264', units)) this.emit('picture', height);
      }
    });
  }

  static async open(): Promise<Receiver> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Receiver(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves with the next key frame of that height. */
  async sees(height: number): Promise<void> {
    while ((await once(this, 'picture'))[0] !== height);
  }

  close(): void {
    this.#socket.close();
  }
}

function newReceiver(): StreamReceiver {
  return new StreamReceiver('h264', { maximumPackets: 100, maximumWaitMs: 100, onMalformed: () => undefined });
}

describe('a feed of a composition', { timeout: 120_000 }, () => {
  let worker: MediaWorker;
  let publication: SimulcastPublication;
  let receiver: Receiver;
  let feed: CompositionFeed;
  let consumers: types.Consumer[];

  before(async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
  });
  after(() => worker?.worker.close());

  beforeEach(async () => {
    const mediaCodecs = [routerCodec('opus'), routerCodec('h264'), routerCodec('vp8')];
    publication = await SimulcastPublication.open({
      worker,
      router: await worker.worker.createRouter({ mediaCodecs }),
    });
    consumers = [];
    publication.origin.router.observer.on('newtransport', ({ observer }) =>
      observer.on('newconsumer', (consumer) => consumers.push(consumer)),
    );
    receiver = await Receiver.open();
    feed = new CompositionFeed(publication, receiver.port);
    feed.on('news', (news) => receiver.news.push(news));
    feed.on('failed', (error) => assert.fail(error));
  });
  afterEach(() => {
    feed.close();
    publication.close();
    publication.origin.router.close();
    receiver.close();
  });

  it('sends the smallest layer that fills the tile, under one SSRC, and lets the publisher leave out the others', async () => {
    publication.measure();
    feed.want({ width: 640, height: 360 });
    await feed.start();
    await receiver.sees(360);
    feed.want({ width: 160, height: 90 });
    await receiver.sees(90);
    while (publication.layers.demand.highest > 0) await once(publication.layers.demand, 'changed');
    feed.want({ width: 320, height: 180 });
    await receiver.sees(180);
    assert.equal(publication.layers.demand.highest, 1);
    assert.equal(receiver.ssrcs.size, 1);
  });

  it('sends the highest layer until its sizes are known', async () => {
    feed.want({ width: 160, height: 90 });
    await feed.start();
    await receiver.sees(360);
    publication.measure();
    await receiver.sees(90);
  });

  it('sends nothing of a video that is not to be seen, and asks the publisher for the lowest layer only', async () => {
    publication.measure();
    await feed.start();
    const [news] = receiver.news;
    assert.ok(news?.type === 'stream' && news.kind === 'video' && news.codec === 'h264' && !news.paused);
    while (publication.layers.demand.highest > 0) await once(publication.layers.demand, 'changed');
    assert.equal(receiver.packets, 0);
    feed.want({ width: 320, height: 180 });
    await receiver.sees(180);
    const [consumer] = consumers;
    assert.ok(consumer);
    const paused = once(consumer.observer, 'pause');
    feed.want(undefined);
    await paused;
    const before = receiver.packets;
    while (publication.layers.demand.highest > 0) await once(publication.layers.demand, 'changed');
    // What was underway has come long ago.
    assert.ok(receiver.packets - before < 10, `${receiver.packets - before} packets`);
  });

  it('tells the reports of all layers, and when the publisher pauses', async () => {
    feed.want({ width: 640, height: 360 });
    await feed.start();
    await receiver.sees(360);
    const reports = () => receiver.news.filter((news) => news.type === 'report');
    // Layers begin a billion apart.
    const layers = () => new Set(reports().map(({ rtpTime }) => Math.floor(rtpTime / 1e9)));
    while (layers().size < 3) await once(feed, 'news');
    assert.ok(reports().every(({ wallClockMs }) => wallClockMs >= 1e12 && wallClockMs < 1e12 + 60_000));
    await publication.video.pause();
    assert.deepEqual(receiver.news.at(-1), { type: 'paused', kind: 'video', paused: true });
    await publication.video.resume();
    assert.deepEqual(
      receiver.news.findLast(({ type }) => type === 'paused'),
      {
        type: 'paused',
        kind: 'video',
        paused: false,
      },
    );
  });

  it('asks for a key frame twice a second at most', async (t) => {
    feed.want({ width: 640, height: 360 });
    await feed.start();
    await receiver.sees(360);
    const [consumer] = consumers;
    assert.ok(consumer);
    const asking = t.mock.method(consumer, 'requestKeyFrame');
    const beganMs = performance.now();
    feed.requestKeyFrame();
    feed.requestKeyFrame();
    while (asking.mock.callCount() < 2) {
      await once(receiver, 'picture');
      feed.requestKeyFrame();
    }
    assert.ok(performance.now() - beganMs >= 499);
  });

  it('goes on when its transport is lost, and ends with the publication, leaving nothing behind', async () => {
    publication.measure();
    feed.removeAllListeners('failed');
    feed.want({ width: 320, height: 180 });
    const made = once(publication.origin.router.observer, 'newtransport');
    await feed.start();
    await receiver.sees(180);
    const failed = once(feed, 'failed');
    (await made)[0].close();
    await failed;
    assert.deepEqual(receiver.news.at(-1), { type: 'ended', kind: 'video' });
    await receiver.sees(180);
    assert.equal(receiver.ssrcs.size, 2);
    assert.equal(worker.load.consumers, 1);
    publication.close();
    assert.deepEqual(receiver.news.at(-1), { type: 'ended', kind: 'video' });
    assert.equal(worker.load.consumers, 0);
    assert.deepEqual(
      consumers.map(({ closed }) => closed),
      [true, true],
    );
  });
});
