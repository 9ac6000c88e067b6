import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Publisher } from './publisher.ts';
import type { LayersReport } from './sent-stream.ts';
import type { Sfu } from './sfu.ts';
import { type ShapedRelay, startShapedRelay } from './shaped-relay.fixture.ts';
import type { StageMedia } from './stage-media.ts';
import type { Wish } from './subscriber.ts';

const GUARD_MS = 60_000;

describe('simulcast from Chromium', { timeout: 5 * GUARD_MS }, () => {
  let sfu: Sfu;
  let browser: Browser;

  before(async () => {
    sfu = await startLoopbackSfu();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--allow-loopback-in-peer-connection',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    });
  });

  after(async () => {
    await browser?.close();
    sfu?.close();
  });

  for (const codec of ['H264', 'VP8']) {
    it(`is received in three layers of ${codec}, each looked at`, async () => {
      const stage = await sfu.createStage();
      const page = await openPage(browser);
      const publisher = await publish(page, stage, codec, ['low', 'mid', 'hi']);
      const producer = publisher.producers.get('video');
      await measured(publisher);
      assert.deepEqual(shapes(publisher), ['low 240 low', 'mid 480 mid', 'hi 960 hi']);
      assert.equal(publisher.producers.get('video'), producer);
      stage.close();
      await page.close();
    });
  }

  it('is put in order by size, whatever the layers are called', async () => {
    const stage = await sfu.createStage();
    const page = await openPage(browser);
    const publisher = await publish(page, stage, 'VP8', ['hi', 'mid', 'low']);
    const elsewhere = await sfu.createStage();
    const replica = await elsewhere.replicate(publisher);
    while (!/\.1$/.test(publisher.publishId)) await once(publisher, 'remade');
    await measured(publisher);
    assert.deepEqual(shapes(publisher), ['low 240 hi', 'mid 480 mid', 'hi 960 low']);

    // So does a replica, whose subscribers are to ask for the video anew.
    if (replica.layers !== publisher.layers) await once(replica, 'remade');
    assert.equal(replica.layers, publisher.layers);
    const copy = replica.producers.get('video');
    assert.ok(copy && !copy.closed);
    while (copy.score.filter(({ score }) => score > 0).length < 3) await once(copy, 'score');
    elsewhere.close();

    // The layers are told by their SSRCs now, and still come.
    assert.ok([0, 1, 2].every((layer) => publisher.layers?.flows(layer)));
    stage.close();
    await page.close();
  });

  /** Subscribes to alice, and keeps what is told of her layers. */
  async function receive(page: Page, stage: StageMedia, wish: Partial<Wish>, relay?: ShapedRelay) {
    const subscriber = stage.createSubscriber();
    const reports: LayersReport[] = [];
    subscriber.on('failed', (error) => assert.fail(error));
    subscriber.on('offer', async ({ transportId, offerId, sdp }) => {
      const answer = await page.evaluate(answerOffer, relay ? by(relay, sdp) : sdp);
      await subscriber.answer(transportId, offerId, answer);
    });
    subscriber.on('layers', (report) => reports.push(report));
    const choose = (change: Partial<Wish>) =>
      subscriber.setWish([{ participantId: 'alice', kinds: ['video'], ...change }], new Set(['vp8', 'h264']));
    choose(wish);
    return {
      reports,
      choose,
      /** Resolves with the report that says so, come or to come. */
      async told(fits: (report: LayersReport) => boolean): Promise<LayersReport> {
        for (;;) {
          const report = reports.findLast(fits);
          if (report && report === reports.at(-1)) return report;
          await once(subscriber, 'layers');
        }
      },
    };
  }

  it('is received from the lowest layer upwards, or from the highest, as wished', async () => {
    const stage = await sfu.createStage();
    const [page, viewer, other] = [await openPage(browser), await openPage(browser), await openPage(browser)];
    const publisher = await publish(page, stage, 'VP8', ['low', 'mid', 'hi']);
    await measured(publisher);

    const { reports, choose, told } = await receive(viewer, stage, {});
    await told(({ selected }) => selected === 'hi');
    const firstPictures = await viewer.evaluate(() => (globalThis as unknown as Receiving).sizes);
    assert.equal(firstPictures[0], 240);
    const climbed = reports.at(-1);
    assert.deepEqual([climbed?.reason, climbed?.isAdapting], ['BANDWIDTH', true]);
    assert.deepEqual(
      climbed?.layers.map(({ label, width }) => [label, width]),
      [
        ['low', 240],
        ['mid', 480],
        ['hi', 960],
      ],
    );

    choose({ preferredLayer: 'mid' });
    const preferred = await told(({ selected }) => selected === 'mid');
    assert.deepEqual([preferred.reason, preferred.isAdapting], ['PREFERENCE', false]);

    const { told: toldOther } = await receive(other, stage, { initialLayer: 'HIGHEST' });
    await toldOther(({ selected }) => selected === 'hi');
    const sizes = await other.evaluate(() => (globalThis as unknown as Receiving).sizes);
    assert.equal(sizes[0], 960);
    stage.close();
    await Promise.all([page, viewer, other].map((each) => each.close()));
  });

  it('climbs for who subscribes by an own offer, as long as nothing gets lost', async () => {
    const stage = await sfu.createStage();
    const [page, viewer] = [await openPage(browser), await openPage(browser)];
    const publisher = await publish(page, stage, 'VP8', ['low', 'mid', 'hi']);
    const { layers } = publisher;
    assert.ok(layers);
    await measured(publisher);
    const offer = await viewer.evaluate(offerToReceive);
    const subscription = await stage.subscribe('bob', 'alice', offer);
    await viewer.evaluate(takeAnswer, subscription.answer);
    await sized(viewer, 960);
    const sizes = await viewer.evaluate(() => (globalThis as unknown as Receiving).sizes);
    // What a busy machine loses makes it fall and climb once more.
    const layersSeen = sizes.map((size) => [240, 480, 960].indexOf(size));
    assert.equal(layersSeen[0], 0);
    assert.ok(
      layersSeen.every((layer, index) => layer <= (layersSeen[index - 1] ?? 0) + 1),
      `${sizes} skips a layer`,
    );
    assert.equal(layers.demand.highest, 2);
    subscription.close();
    while (layers.demand.highest > 0) await once(layers.demand, 'changed');
    stage.close();
    await Promise.all([page, viewer].map((each) => each.close()));
  });

  it('falls for who loses packets, by either way of subscribing, and climbs again when nothing gets lost', async () => {
    const stage = await sfu.createStage();
    const [page, viewer] = [await openPage(browser), await openPage(browser)];
    const { port = 0 } = sfu.ports.find(({ protocol }) => protocol === 'udp') ?? {};
    const relay = await startShapedRelay(port);
    await measured(await publish(page, stage, 'VP8', ['low', 'mid', 'hi']));
    const subscription = await stage.subscribe('bob', 'alice', await viewer.evaluate(offerToReceive));
    await viewer.evaluate(takeAnswer, by(relay, subscription.answer));
    await sized(viewer, 960);
    relay.loss = 0.3;
    await sized(viewer, 240);
    relay.loss = 0;
    await sized(viewer, 960);

    const other = await openPage(browser);
    const { told } = await receive(other, stage, {}, relay);
    await told(({ selected }) => selected === 'hi');
    relay.loss = 0.3;
    await told(({ selected, reason }) => selected === 'low' && reason === 'BANDWIDTH');
    relay.loss = 0;
    await told(({ selected }) => selected === 'hi');
    await other.close();
    stage.close();
    relay.close();
    await Promise.all([page, viewer].map((each) => each.close()));
  });

  it('costs nothing while it is held back, and its upper layers are for nobody', async () => {
    const stage = await sfu.createStage();
    const [page, viewer] = [await openPage(browser), await openPage(browser)];
    const publisher = await publish(page, stage, 'VP8', ['low', 'mid', 'hi']);
    const { demand } = publisher.layers ?? {};
    assert.ok(demand);
    const { choose, told } = await receive(viewer, stage, {});
    await told(({ selected }) => selected !== undefined);
    assert.equal(demand.highest, 2);

    choose({ paused: ['video'] });
    await told(({ selected }) => selected === undefined);
    while (demand.highest > 0) await once(demand, 'changed');
    const before = await viewer.evaluate(receivedBytes);
    await packetsArrive(publisher, 30);
    assert.equal(await viewer.evaluate(receivedBytes), before);

    choose({});
    assert.ok((await told(({ selected }) => selected !== undefined)).selected);
    assert.equal(demand.highest, 2);
    stage.close();
    await Promise.all([page, viewer].map((each) => each.close()));
  });
});

/** In a page that receives. */
interface Receiving {
  receiver: RTCPeerConnection | undefined;
  /** Widths of the pictures, as they changed. */
  sizes: number[];
}

async function answerOffer(sdp: string): Promise<string> {
  const page = globalThis as unknown as Receiving;
  if (!page.receiver) {
    page.sizes = [];
    page.receiver = new RTCPeerConnection();
    page.receiver.ontrack = ({ track, streams: [stream] }) => {
      if (stream?.id === 'probator') return;
      const video = document.createElement('video');
      Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
      video.addEventListener('resize', () => {
        if (page.sizes.at(-1) !== video.videoWidth) page.sizes.push(video.videoWidth);
      });
      document.body.append(video);
    };
  }
  await page.receiver.setRemoteDescription({ type: 'offer', sdp });
  await page.receiver.setLocalDescription();
  return page.receiver.localDescription?.sdp ?? '';
}

async function offerToReceive(): Promise<string> {
  const page = globalThis as unknown as Receiving;
  page.sizes = [];
  page.receiver = new RTCPeerConnection();
  page.receiver.addTransceiver('video', { direction: 'recvonly' });
  page.receiver.ontrack = ({ track }) => {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
    video.addEventListener('resize', () => {
      if (page.sizes.at(-1) !== video.videoWidth) page.sizes.push(video.videoWidth);
    });
    document.body.append(video);
  };
  await page.receiver.setLocalDescription();
  return page.receiver.localDescription?.sdp ?? '';
}

async function takeAnswer(sdp: string): Promise<void> {
  await (globalThis as unknown as Receiving).receiver?.setRemoteDescription({ type: 'answer', sdp });
}

/** The description with the relay's port in the place of the SFU's. */
function by(relay: ShapedRelay, sdp: string): string {
  return sdp
    .replace(/^a=candidate:.* tcp .*\r\n/gm, '')
    .replace(/^(a=candidate:.* udp \d+ \S+) \d+/gm, `$1 ${relay.port}`);
}

/** Resolves when the page shows pictures of this width. */
async function sized(page: Page, width: number): Promise<void> {
  await page.waitForFunction((wanted) => (globalThis as unknown as Receiving).sizes.at(-1) === wanted, width, {
    timeout: GUARD_MS,
  });
}

async function receivedBytes(): Promise<number> {
  let bytes = 0;
  for (const stat of (await (globalThis as unknown as Receiving).receiver?.getStats())?.values() ?? []) {
    if (stat.type === 'inbound-rtp' && stat.frameWidth) bytes += stat.bytesReceived;
  }
  return bytes;
}

/** A page in which a moving picture of 960 × 540 can be published. */
async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.route('http://127.0.0.1:9/page', (route) => route.fulfill({ contentType: 'text/html', body: '<p>page' }));
  await page.goto('http://127.0.0.1:9/page');
  return page;
}

/** @param rids of layers of a quarter, a half and the whole of the size, in this order */
async function publish(page: Page, stage: StageMedia, codec: string, rids: string[]): Promise<Publisher> {
  const offer = await page.evaluate(
    async ([wanted, names]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 960, height: 540 });
      const pen = canvas.getContext('2d');
      let hue = 0;
      setInterval(() => {
        if (!pen) return;
        hue += 7;
        pen.fillStyle = `hsl(${hue} 80% 50%)`;
        pen.fillRect(hue % 960, hue % 540, 200, 200);
      }, 100);
      const [track] = canvas.captureStream(10).getTracks();
      const connection = new RTCPeerConnection();
      Object.assign(globalThis, { connection });
      const { length } = names;
      const transceiver = connection.addTransceiver(track ?? 'video', {
        direction: 'sendonly',
        sendEncodings: names.map((rid, index) => ({
          rid,
          scaleResolutionDownBy: 2 ** (length - 1 - index),
          // All of them fit into what a browser begins with.
          maxBitrate: 30_000 * 2 ** index,
        })),
      });
      const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => new RegExp(`${wanted}|rtx`).test(mimeType)));
      await connection.setLocalDescription();
      return connection.localDescription?.sdp ?? '';
    },
    [codec, rids] as const,
  );
  const publisher = await stage.publish('alice', offer);
  await page.evaluate(
    (sdp) =>
      (globalThis as unknown as { connection: RTCPeerConnection }).connection.setRemoteDescription({
        type: 'answer',
        sdp,
      }),
    publisher.answer,
  );
  return publisher;
}

/** Resolves when the size and bitrate of all layers are known. */
async function measured(publisher: Publisher): Promise<void> {
  const { layers } = publisher;
  assert.ok(layers);
  while (!layers.list.every(({ width, bitrateBps }) => width && bitrateBps)) await once(layers, 'changed');
}

/** Resolves when so many more packets of the lowest layer have come in. */
async function packetsArrive(publisher: Publisher, packets: number): Promise<void> {
  const count = async () => {
    const stats = (await publisher.producers.get('video')?.getStats()) ?? [];
    return stats.find(({ rid }) => rid === 'low')?.packetCount ?? 0;
  };
  const start = await count();
  while ((await count()) < start + packets) await new Promise((resolve) => setTimeout(resolve, 100));
}

function shapes({ layers }: Publisher): string[] {
  return (layers?.list ?? []).map(({ label, width, rid }) => `${label} ${width} ${rid}`);
}
