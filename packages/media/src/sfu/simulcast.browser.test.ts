import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Publisher } from './publisher.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

const GUARD_MS = 60_000;

describe('simulcast from Chromium', { timeout: 5 * GUARD_MS }, () => {
  let sfu: Sfu;
  let browser: Browser;

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
    });
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
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
    while (!/\.1$/.test(publisher.publishId)) await once(publisher, 'remade');
    await measured(publisher);
    assert.deepEqual(shapes(publisher), ['low 240 hi', 'mid 480 mid', 'hi 960 low']);

    // The layers are told by their SSRCs now, and still come.
    assert.ok([0, 1, 2].every((layer) => publisher.layers?.flows(layer)));
    stage.close();
    await page.close();
  });
});

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

function shapes({ layers }: Publisher): string[] {
  return (layers?.list ?? []).map(({ label, width, rid }) => `${label} ${width} ${rid}`);
}
