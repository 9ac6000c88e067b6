import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Stage } from '../src/index.ts';
import { launchChromium } from './chromium.ts';
import { bundlePage, Media } from './media.ts';
import type * as pageScript from './page/client.ts';
import { StageServer } from './stage-server.ts';

declare global {
  /** In the page: test/page/client.ts, and the stage under test. */
  var t: typeof pageScript;
  var stage: Stage;
}

/** How long a test waits for what does not come. */
const PATIENCE_MS = 60_000;

/** A page with the client in it and a server for its stage, new for each test of a suite. */
export class Client {
  #browser: Browser | undefined;
  #script = '';
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  #server: StageServer | undefined;
  #media: Media | undefined;

  get server(): StageServer {
    return present(this.#server);
  }

  get page(): Page {
    return present(this.#page);
  }

  get media(): Media {
    return present(this.#media);
  }

  async launch(): Promise<void> {
    [this.#browser, this.#script] = await Promise.all([launchChromium(), bundlePage('client.ts', 't')]);
  }

  async start(): Promise<void> {
    this.#server = await StageServer.start();
    this.#server.onPage = (path) =>
      path.startsWith('/client') ? { status: 200, headers: { 'content-type': 'text/html' } } : undefined;
    this.#context = await present(this.#browser).newContext({ permissions: ['camera', 'microphone'] });
    this.#context.setDefaultTimeout(PATIENCE_MS);
    this.#page = await this.openPage();
  }

  async startMedia(): Promise<void> {
    this.#media = await Media.start(this.server, present(this.#context));
  }

  async stop(): Promise<void> {
    try {
      assert.deepEqual(await this.page.evaluate(() => t.uncaught), []);
    } finally {
      this.#media?.stop();
      await this.#context?.close();
      await this.#server?.stop();
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }

  async openPage(): Promise<Page> {
    const page = await present(this.#context).newPage();
    await page.goto(`${this.server.origin}/client`);
    await this.addScript(page);
    return page;
  }

  async addScript(page = this.page): Promise<void> {
    await page.addScriptTag({ content: this.#script });
  }

  async createStage(token = this.server.token('ann')): Promise<void> {
    await this.page.evaluate((given) => {
      globalThis.stage = t.createStage(given);
    }, token);
  }

  async join(token?: string): Promise<void> {
    await this.createStage(token);
    await this.page.evaluate(() => stage.join());
  }

  /** What happened so far, in words. */
  async lines(): Promise<string[]> {
    return await this.page.evaluate(() => [...t.lines]);
  }

  /** Waits for a line, come at the given place or later. */
  async until(line: string, from = 0): Promise<void> {
    const coming = this.page.evaluate(([text, place]) => t.until(text, place), [line, from] as const);
    const patience = new AbortController();
    const tooLong = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).then(async () => {
      throw new Error(`"${line}" did not come, but ${JSON.stringify(await this.lines())}`);
    });
    try {
      await Promise.race([coming, tooLong]);
    } finally {
      patience.abort();
      tooLong.catch(() => undefined);
    }
  }

  async clear(): Promise<void> {
    await this.page.evaluate(() => t.lines.splice(0));
  }

  async publishCamera(): Promise<void> {
    await this.page.evaluate(async () => {
      Object.assign(t.wishes, { publish: true, streams: await t.capture() });
      stage.refreshStrategy();
    });
  }

  /**
   * Lets the page's own clock run as fast as it can, as set by `page.clock`, until a line has come. For what only timers
   * bring: a connection takes real time, and more of it than it has on such a clock.
   */
  async runClockUntil(line: string, from = 0): Promise<void> {
    let come = false;
    const coming = this.until(line, from).then(() => {
      come = true;
    });
    while (!come) await this.page.clock.runFor(500);
    await coming;
  }
}

/** Prepares a client before each test of the suite in which this is called. */
export function useClient({ withMedia = false, offers = true } = {}): Client {
  const client = new Client();
  before(() => client.launch());
  after(() => client.close());
  beforeEach(async () => {
    await client.start();
    if (withMedia) await client.startMedia();
    if (!offers) client.media.offers = false;
  });
  afterEach(() => client.stop());
  return client;
}

function present<Part>(part: Part | undefined): Part {
  assert.ok(part, 'the client is not started');
  return part;
}
