import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { StageMedia } from './stage-media.ts';
import type { Subscriber } from './subscriber.ts';
import type { SubscriberOffer } from './subscriber-connection.ts';
import type { Subscription } from './subscription.ts';

/** Frames of one video stream, by their RTP timestamps, as a page sent or received them. */
interface Frames {
  timestamps: number[];
}

declare global {
  interface Window {
    publisher: RTCPeerConnection;
    sent: Frames;
    viewers: Map<string, { connection: RTCPeerConnection; transportId: string; frames: Frames }>;
    /** Notes what passes through a sender or receiver of encoded video. */
    note(pipe: unknown, frames: Frames): void;
  }
}

const GUARD_MS = 60_000;

export function launchWatchingBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  });
}

/** A page in which one publisher sends and viewers watch him, frame by frame. */
export class WatchedStage {
  readonly stage: StageMedia;
  readonly #page: Page;
  readonly #subscribers = new Map<string, Subscriber>();

  private constructor(stage: StageMedia, page: Page) {
    this.stage = stage;
    this.#page = page;
  }

  /** Publishes as `alice`. */
  static async open(browser: Browser, stage: StageMedia): Promise<WatchedStage> {
    const page = await browser.newPage();
    await page.route('http://127.0.0.1:9/page', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>page' }),
    );
    await page.goto('http://127.0.0.1:9/page');
    const offer = await page.evaluate(startPublishing);
    const publisher = await stage.publish('alice', offer);
    const flowing = new Promise((resolve) =>
      publisher.on('media', () => publisher.kinds.length === 2 && resolve(null)),
    );
    await page.evaluate((sdp) => window.publisher.setRemoteDescription({ type: 'answer', sdp }), publisher.answer);
    await flowing;
    return new WatchedStage(stage, page);
  }

  /** Somebody more watches alice, by the server's offer. Resolves when he sees her. */
  async join(name: string): Promise<Subscriber> {
    const subscriber = this.stage.createSubscriber();
    this.#subscribers.set(name, subscriber);
    subscriber.on('offer', async (offer) => {
      const sdp = await this.#page.evaluate(answerOffer, { name, offer });
      await subscriber.answer(offer.transportId, offer.offerId, sdp);
    });
    subscriber.setWish([{ participantId: 'alice', kinds: ['audio', 'video'] }], new Set(['opus', 'h264', 'vp8']));
    await this.sees(name);
    return subscriber;
  }

  /** The same by an offer of the viewer's. */
  async subscribe(name: string): Promise<Subscription> {
    const offer = await this.#page.evaluate(offerToReceive, name);
    const subscription = await this.stage.subscribe(name, 'alice', offer);
    await this.#page.evaluate(takeAnswer, { name, sdp: subscription.answer });
    await this.sees(name);
    return subscription;
  }

  leave(name: string): void {
    const subscriber = this.#subscribers.get(name);
    assert.ok(subscriber);
    this.stage.removeSubscriber(subscriber);
    this.#subscribers.delete(name);
  }

  /** Resolves when the viewer has got so many frames more, on whatever connection he has. */
  async sees(name: string, frames = 15): Promise<void> {
    const seen = await this.#page.evaluate(
      (viewer) => window.viewers?.get(viewer)?.frames.timestamps.length ?? 0,
      name,
    );
    await this.#page.waitForFunction(
      ({ viewer, count }) => (window.viewers?.get(viewer)?.frames.timestamps.length ?? 0) >= count,
      { viewer: name, count: seen + frames },
      { timeout: GUARD_MS },
    );
  }

  /** How many of the frames that were sent between a viewer's first and last one he did not get, and how many he got. */
  async missed(name: string): Promise<{ missed: number; got: number }> {
    const [sent, got] = await this.#page.evaluate(
      (viewer) => [window.sent.timestamps, window.viewers.get(viewer)?.frames.timestamps ?? []],
      name,
    );
    return { missed: framesBetween(sent ?? [], got ?? []) - new Set(got).size, got: got?.length ?? 0 };
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}

/** The distance of two RTP timestamps. */
function ticks(from: number, to: number): number {
  return (to - from) >>> 0;
}

/** How many frames were sent from the first received one to the last. The two clocks differ by an offset. */
function framesBetween(sent: readonly number[], got: readonly number[]): number {
  const [first = 0] = got;
  const span = ticks(first, got.at(-1) ?? first);
  const received = new Set(got.map((timestamp) => ticks(first, timestamp)));
  const begins = sent.map((begin) => {
    const since = sent.map((timestamp) => ticks(begin, timestamp)).filter((passed) => passed <= span);
    return { sent: since.length, found: since.filter((passed) => received.has(passed)).length };
  });
  const best = begins.reduce((a, b) => (b.found > a.found ? b : a), { sent: 0, found: 0 });
  assert.equal(best.found, received.size, 'each frame that was received had been sent');
  return best.sent;
}

async function startPublishing(): Promise<string> {
  window.viewers = new Map();
  window.sent = { timestamps: [] };
  window.note = (pipe, frames) => {
    const { readable, writable } = (
      pipe as { createEncodedStreams(): { readable: ReadableStream; writable: WritableStream } }
    ).createEncodedStreams();
    const notes = new TransformStream({
      transform(frame, controller) {
        frames.timestamps.push(frame.timestamp);
        controller.enqueue(frame);
      },
    });
    void readable.pipeThrough(notes).pipeTo(writable);
  };
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  const connection = new RTCPeerConnection({ encodedInsertableStreams: true } as RTCConfiguration);
  window.publisher = connection;
  for (const track of media.getTracks()) {
    const { sender } = connection.addTransceiver(track, { direction: 'sendonly', streams: [media] });
    window.note(sender, track.kind === 'video' ? window.sent : { timestamps: [] });
  }
  await connection.setLocalDescription();
  return connection.localDescription?.sdp ?? '';
}

async function answerOffer({ name, offer }: { name: string; offer: SubscriberOffer }): Promise<string> {
  const { transportId, sdp } = offer;
  let viewer = window.viewers.get(name);
  if (viewer?.transportId !== transportId) {
    viewer?.connection.close();
    const connection = new RTCPeerConnection({ encodedInsertableStreams: true } as RTCConfiguration);
    const frames = { timestamps: [] as number[] };
    connection.ontrack = ({ receiver, track, transceiver }) => {
      const counted = track.kind === 'video' && transceiver.mid !== 'probator';
      window.note(receiver, counted ? frames : { timestamps: [] });
    };
    viewer = { connection, transportId, frames };
    window.viewers.set(name, viewer);
  }
  await viewer.connection.setRemoteDescription({ type: 'offer', sdp });
  await viewer.connection.setLocalDescription();
  return viewer.connection.localDescription?.sdp ?? '';
}

async function offerToReceive(name: string): Promise<string> {
  const connection = new RTCPeerConnection({ encodedInsertableStreams: true } as RTCConfiguration);
  const frames = { timestamps: [] as number[] };
  for (const kind of ['audio', 'video']) {
    const { receiver } = connection.addTransceiver(kind, { direction: 'recvonly' });
    window.note(receiver, kind === 'video' ? frames : { timestamps: [] });
  }
  window.viewers.set(name, { connection, transportId: '', frames });
  await connection.setLocalDescription();
  return connection.localDescription?.sdp ?? '';
}

async function takeAnswer({ name, sdp }: { name: string; sdp: string }): Promise<void> {
  await window.viewers.get(name)?.connection.setRemoteDescription({ type: 'answer', sdp });
}
