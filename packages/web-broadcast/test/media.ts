import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import type { smallSfu } from './page/small-sfu.ts';
import type { ReceivedMessage, ReceivedRequest, Reply, StageServer } from './stage-server.ts';

interface SmallSubscriber {
  wishes: readonly { id: string; subscribeType: string }[];
  /** The transport whose offer is not answered yet. */
  awaited: string | undefined;
  /** One thing at a time. */
  work: Promise<void>;
}

/** How long a test waits for what does not come. */
const PATIENCE_MS = 60_000;

/** Gives a stage server media: peer connections of a page of their own answer and offer. */
export class Media {
  readonly #server: StageServer;
  readonly #page: Page;
  readonly #subscribers = new Map<string, SmallSubscriber>();
  readonly #publishIds = new Map<string, string>();
  /** While false it does as a server that does not know `SUBSCRIBE`, and tells nothing that the public samples do not know. */
  offers = true;
  #publishCount = 0;
  #postedCount = 0;
  #stopped = false;

  private constructor(server: StageServer, page: Page) {
    this.#server = server;
    this.#page = page;
    server.onWhip = (request) => this.#whip(request);
    server.on('message', (message) => this.#receive(message));
  }

  static async start(server: StageServer, context: BrowserContext): Promise<Media> {
    const script = await bundlePage('small-sfu.ts', 'media');
    const previous = server.onPage;
    server.onPage = (url, request) =>
      url === '/media' ? { status: 200, headers: { 'content-type': 'text/html' } } : previous(url, request);
    const page = await context.newPage();
    await page.goto(`${server.origin}/media`);
    await page.addScriptTag({ content: script });
    return new Media(server, page);
  }

  /** A participant without a client joins and publishes. */
  async publishPicture(participantId: string): Promise<void> {
    await this.#call('publishPicture', participantId);
    this.#published(participantId);
  }

  /** The same, and subscribers are offered it before anybody is told that it is there. */
  async publishUntoldPicture(participantId: string): Promise<void> {
    await this.#call('publishPicture', participantId);
    this.#offerAll();
  }

  /** Everybody is told that a participant publishes. */
  tellPublish(participantId: string): void {
    this.#published(participantId);
  }

  async endPublish(participantId: string): Promise<void> {
    await this.#call('endPublish', participantId);
    this.#publishIds.delete(participantId);
    this.#server.setMember(participantId, { isPublishing: false, publishId: undefined });
    this.#offerAll();
  }

  /** A subscriber gets nothing more of a kind, although nobody says so. */
  async withhold(subscriberId: string, kind: 'audio' | 'video'): Promise<void> {
    await this.#call('withhold', subscriberId, kind);
  }

  /** The connections of subscribers that were posted for. */
  async postedResources(): Promise<string[]> {
    return await this.#call('postedResources');
  }

  /** Waits until no connection of a subscriber that was posted for is left. */
  async untilNonePosted(): Promise<void> {
    const deadlineMs = Date.now() + PATIENCE_MS;
    while ((await this.postedResources()).length > 0) assert.ok(Date.now() < deadlineMs, 'connections are left');
  }

  /** A subscriber's connection ends without the client's doing. */
  async closeTransport(subscriberId: string): Promise<void> {
    for (const resource of await this.postedResources()) await this.#call('endPosted', resource);
    this.#inTurn(subscriberId, async (subscriber) => {
      subscriber.wishes = []; // until it asks again
      subscriber.awaited = undefined;
      await this.#call('closeTransport', subscriberId);
    });
    await this.#subscriber(subscriberId).work;
  }

  #published(participantId: string): void {
    this.#publishCount += 1;
    const publishId = `publish-${this.#publishCount}`;
    this.#publishIds.set(participantId, publishId);
    this.#server.setMember(participantId, { isPublishing: true, ...(this.offers ? { publishId } : {}) });
    this.#offerAll();
  }

  async #whip({ method, participantId = '', path: url, body }: ReceivedRequest): Promise<Reply> {
    const [, publisherId] = /\/subscribe\/([^/]+)$/.exec(url) ?? [];
    if (publisherId !== undefined) return await this.#subscribe(publisherId, body);
    if (method === 'DELETE') {
      const resource = url.split('/').at(-1) ?? '';
      if (this.#publishIds.get(participantId) === resource) await this.endPublish(participantId);
      else if (!(await this.#call('endPosted', resource))) return { status: 404 };
      return { status: 200 };
    }
    const answer = await this.#call('publish', participantId, body);
    this.#published(participantId);
    const location = `/whip/resource/${this.#publishIds.get(participantId)}`;
    return { status: 201, headers: { location, 'content-type': 'application/sdp' }, body: answer };
  }

  async #subscribe(publisherId: string, offer: string): Promise<Reply> {
    this.#postedCount += 1;
    const resource = `posted-${this.#postedCount}`;
    const answer = await this.#call('subscribe', resource, publisherId, offer);
    if (answer === undefined) return { status: 404, body: '{"code":4,"message":"nobody publishes"}' };
    return { status: 201, headers: { location: `/whip/resource/${resource}` }, body: answer };
  }

  #receive({ participantId, type, payload }: ReceivedMessage): void {
    if (type === 'SUBSCRIBE') {
      this.#inTurn(participantId, async (subscriber) => {
        subscriber.wishes = payload.participants;
      });
      this.#offer(participantId);
    } else if (type === 'SUBSCRIBER_ANSWER') {
      this.#inTurn(participantId, async (subscriber) => {
        if (subscriber.awaited !== payload.transportId) return;
        subscriber.awaited = undefined;
        await this.#call('answer', participantId, payload.transportId, payload.sdp);
      });
      this.#offer(participantId);
    } else if (type === 'LEAVE') {
      this.#subscriber(participantId).wishes = [];
      this.#offer(participantId);
      if (!this.#publishIds.delete(participantId)) return;
      void this.#call('endPublish', participantId);
      this.#offerAll();
    }
  }

  #offerAll(): void {
    for (const subscriberId of this.#subscribers.keys()) this.#offer(subscriberId);
  }

  #offer(subscriberId: string): void {
    if (!this.offers) return;
    this.#inTurn(subscriberId, async (subscriber) => {
      if (subscriber.wishes.length === 0) subscriber.awaited = undefined;
      if (subscriber.awaited) return; // its answer brings the next one
      const offer = await this.#call('offer', subscriberId, subscriber.wishes);
      if (!offer) return;
      subscriber.awaited = offer.transportId;
      this.#server.send(subscriberId, 'SUBSCRIBER_OFFER', offer);
    });
  }

  #subscriber(participantId: string): SmallSubscriber {
    const known = this.#subscribers.get(participantId);
    if (known) return known;
    const subscriber: SmallSubscriber = { wishes: [], awaited: undefined, work: Promise.resolve() };
    this.#subscribers.set(participantId, subscriber);
    return subscriber;
  }

  #inTurn(participantId: string, work: (subscriber: SmallSubscriber) => Promise<void>): void {
    const subscriber = this.#subscriber(participantId);
    subscriber.work = subscriber.work.then(() => work(subscriber));
  }

  async #call<Name extends keyof typeof smallSfu>(
    name: Name,
    ...args: Parameters<(typeof smallSfu)[Name]>
  ): Promise<Awaited<ReturnType<(typeof smallSfu)[Name]>>> {
    try {
      // biome-ignore lint/suspicious/noExplicitAny: a page's global has no type here
      return await this.#page.evaluate(([name, args]) => (globalThis as any).media.smallSfu[name](...args), [
        name,
        args,
      ] as const);
    } catch (error) {
      if (this.#stopped) return undefined as never; // nobody waits for it any more
      throw error;
    }
  }

  /** To be called before its browser context is closed. */
  stop(): void {
    this.#stopped = true;
  }
}

/** A script of test/page as text that defines a global. */
export async function bundlePage(file: string, globalName: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page', file)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName,
  });
  return outputFiles[0]?.text ?? '';
}
