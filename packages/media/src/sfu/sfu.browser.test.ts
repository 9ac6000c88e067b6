import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

const GUARD_MS = 60_000;

describe('the SFU with Chromium as publisher and subscriber', () => {
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
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
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
    it(`passes ${codec} and Opus to a subscriber who offers`, { timeout: 2 * GUARD_MS }, async () => {
      const stage = await sfu.createStage();
      const page = await browser.newPage();
      await publish(page, stage, 'alice', codec);
      const subscription = await subscribe(page, stage, 'alice');
      await decodes(page, 'subscriber');
      const publisher = stage.publisher('alice');
      assert.ok(publisher);
      if (publisher.video.size === 0) await once(publisher, 'video');
      const facts = publisher.video.get(0);
      assert.ok(facts);
      assert.equal(facts.codec, codec.toLowerCase());
      assert.ok(Math.abs(facts.width / facts.height - 16 / 9) < 0.01);
      assert.ok(facts.codec === 'vp8' || !(facts.bFrames || facts.interlaced));
      subscription.close();
      stage.close();
      await page.close();
    });
  }

  it('passes packets under whatever payload types and extension ids a subscriber chose', {
    timeout: 3 * GUARD_MS,
  }, async () => {
    const stage = await sfu.createStage();
    const page = await browser.newPage();
    await publish(page, stage, 'alice', 'H264');
    await subscribe(page, stage, 'alice', 'renumber');
    await decodes(page, 'subscriber');
    stage.close();
    await page.close();
  });

  it('offers to a subscriber of our own client, and estimates its bandwidth', { timeout: 3 * GUARD_MS }, async () => {
    const stage = await sfu.createStage();
    const page = await browser.newPage();
    const subscriber = stage.createSubscriber();
    const offers: unknown[] = [];
    subscriber.on('offer', async (offer) => {
      offers.push(offer.tracks);
      const sdp = await page.evaluate(answerServerOffer, offer);
      await subscriber.answer(offer.transportId, offer.offerId, sdp);
    });
    subscriber.on('failed', (error) => assert.fail(error));
    subscriber.setWish(
      [
        { participantId: 'alice', kinds: ['audio', 'video'] },
        { participantId: 'bob', kinds: ['audio'] },
      ],
      new Set(['opus', 'h264', 'vp8']),
    );
    await publish(page, stage, 'alice', 'H264');
    await decodes(page, 'subscriber');
    assert.ok(((await subscriber.estimatedBitrateBps()) ?? 0) > 100_000, 'there is an estimate');
    const bob = await browser.newPage();
    await publish(bob, stage, 'bob', 'H264');
    await page.waitForFunction(() => window.streams.has('bob'), undefined, { timeout: GUARD_MS });
    stage.publisher('alice')?.close();
    await page.waitForFunction(() => window.ended.includes('alice'), undefined, { timeout: GUARD_MS });
    await publish(page, stage, 'alice', 'VP8');
    await decodes(page, 'subscriber');
    assert.ok(offers.length >= 4);
    stage.close();
    await page.close();
    await bob.close();
  });

  it('changes from one publisher to another on the same connection', { timeout: 3 * GUARD_MS }, async () => {
    const stage = await sfu.createStage();
    const page = await browser.newPage();
    const other = await browser.newPage();
    await publish(page, stage, 'alice', 'H264');
    await publish(other, stage, 'bob', 'H264');
    const subscriber = stage.createSubscriber();
    const transports = new Set<string>();
    subscriber.on('offer', async (offer) => {
      transports.add(offer.transportId);
      const sdp = await page.evaluate(answerServerOffer, offer);
      await subscriber.answer(offer.transportId, offer.offerId, sdp);
    });
    for (const participantId of ['alice', 'bob', 'alice', 'bob']) {
      const wish = { participantId, kinds: ['audio', 'video'] as const };
      subscriber.setWish([wish], new Set(['opus', 'h264', 'vp8']));
      await page.waitForFunction((id) => window.streams.has(id), participantId, { timeout: GUARD_MS });
      await decodes(page, 'subscriber');
      await page.evaluate((id) => window.streams.delete(id), participantId);
    }
    assert.equal(transports.size, 1);
    stage.close();
    await page.close();
    await other.close();
  });
});

declare global {
  interface Window {
    publisher: RTCPeerConnection;
    subscriber: RTCPeerConnection | undefined;
    transportId: string;
    streams: Map<string, MediaStream>;
    ended: string[];
  }
}

async function publish(page: Page, stage: StageMedia, participantId: string, codec: string): Promise<void> {
  if (page.url() === 'about:blank') {
    await page.route('http://127.0.0.1:9/page', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>page' }),
    );
    await page.goto('http://127.0.0.1:9/page');
  }
  const offer = await page.evaluate(async (wanted) => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    window.streams ??= new Map();
    window.ended ??= [];
    window.publisher = new RTCPeerConnection();
    for (const track of media.getTracks()) {
      const transceiver = window.publisher.addTransceiver(track, { direction: 'sendonly', streams: [media] });
      if (track.kind !== 'video') continue;
      const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => new RegExp(`${wanted}|rtx`).test(mimeType)));
    }
    await window.publisher.setLocalDescription();
    return window.publisher.localDescription?.sdp ?? '';
  }, codec);
  const publisher = await stage.publish(participantId, offer);
  const flowing = new Promise((resolve) => publisher.on('media', () => publisher.kinds.length === 2 && resolve(null)));
  await page.evaluate((sdp) => window.publisher.setRemoteDescription({ type: 'answer', sdp }), publisher.answer);
  await flowing;
}

async function subscribe(page: Page, stage: StageMedia, publisherId: string, munge?: 'renumber') {
  const offer = await page.evaluate(async (mungeSdp) => {
    const pc = new RTCPeerConnection();
    window.subscriber = pc;
    pc.addTransceiver('audio', { direction: 'recvonly' });
    pc.addTransceiver('video', { direction: 'recvonly' });
    const { sdp = '' } = await pc.createOffer();
    const renumbered = sdp
      .replace(/^(m=\w+ \d+ \S+) (.*)$/gm, (_, head, types) => `${head} ${types.split(' ').map(other).join(' ')}`)
      .replace(/^a=(rtpmap|fmtp|rtcp-fb):(\d+)/gm, (_, name, type) => `a=${name}:${other(type)}`)
      .replace(/apt=(\d+)/g, (_, type) => `apt=${other(type)}`)
      .replace(/^a=extmap:(\d+)/gm, (_, id) => `a=extmap:${15 - Number(id)}`);
    await pc.setLocalDescription({ type: 'offer', sdp: mungeSdp === 'renumber' ? renumbered : sdp });
    return pc.localDescription?.sdp ?? '';
    function other(type: string): string {
      const number = Number(type);
      return String(number >= 96 ? 96 + ((number - 96 + 7) % 32) : number);
    }
  }, munge);
  const subscription = await stage.subscribe('viewer', publisherId, offer);
  await page.evaluate((sdp) => window.subscriber?.setRemoteDescription({ type: 'answer', sdp }), subscription.answer);
  return subscription;
}

async function answerServerOffer({ transportId, sdp }: { transportId: string; sdp: string }): Promise<string> {
  window.streams ??= new Map();
  window.ended ??= [];
  if (window.transportId !== transportId) {
    window.subscriber?.close();
    window.transportId = transportId;
    window.subscriber = new RTCPeerConnection();
    window.subscriber.ontrack = ({ track, streams: [stream] }) => {
      if (!stream || stream.id === 'probator') return;
      window.streams.set(stream.id, stream);
      track.onended = () => window.ended.push(stream.id);
    };
  }
  const { subscriber } = window;
  await subscriber?.setRemoteDescription({ type: 'offer', sdp });
  await subscriber?.setLocalDescription();
  return subscriber?.localDescription?.sdp ?? '';
}

/** Resolves once the page has decoded 30 more pictures and received half a second more of audio. */
async function decodes(page: Page, connection: 'subscriber'): Promise<void> {
  const read = (name: 'subscriber') =>
    page.evaluate(async (key) => {
      const counts = { frames: 0, packets: 0 };
      for (const stat of (await window[key]?.getStats())?.values() ?? []) {
        if (stat.type !== 'inbound-rtp') continue;
        if (stat.kind === 'video') counts.frames += stat.framesDecoded ?? 0;
        else counts.packets += stat.packetsReceived ?? 0;
      }
      return counts;
    }, name);
  const start = await read(connection);
  const deadline = Date.now() + GUARD_MS;
  for (;;) {
    const now = await read(connection);
    if (now.frames >= start.frames + 30 && now.packets >= start.packets + 25) return;
    assert.ok(
      Date.now() < deadline,
      `decoded ${now.frames - start.frames} frames, received ${now.packets - start.packets} audio packets`,
    );
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}
