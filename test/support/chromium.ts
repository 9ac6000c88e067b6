import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { NetworkNamespace } from './netns.ts';
import { startPageServer } from './page-server.ts';
import { StagePage } from './stage-page.ts';

const executablePath = process.env.PROSCENIUM_CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/** Failure guard: what is waited for on a page either comes soon or never. */
const guardMs = 60_000;

const usualFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  // Pages hear what they play all the same; no process of its own mixes it for nobody.
  '--disable-audio-output',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** A reason to skip, or false. */
export function chromiumMissing(): string | false {
  return existsSync(executablePath) ? false : `${executablePath} is not there`;
}

/** A page of its own browser context, so that pages share nothing. */
export interface ChromiumPage {
  stage: StagePage;
  /** Ends the page's process without a word, as a crash does. */
  kill(): Promise<void>;
  /** Sends the page's requests of this method with these headers in the place of its own, to the real server. */
  rewriteHeaders(method: string, headers: Record<string, string>): Promise<void>;
  /** Lets no script of the page run until it is woken, so that its time-outs wait for what the test does meanwhile. */
  sleep(): Promise<{ wake(): Promise<void> }>;
  close(): Promise<void>;
}

export interface PageOptions {
  /** Whether media may go over relays alone. Default 'all' */
  iceTransportPolicy?: 'all' | 'relay';
  /** A UDP port that the page takes for the server's, whose TCP port it does not know then. Default: the server's own */
  mediaPort?: number;
  /** Content security policy of the page. Default: none */
  policy?: string;
}

export interface ChromiumOptions {
  network?: Pick<NetworkNamespace, 'command' | 'hostAddress'>;
  flags?: string[];
}

export interface Chromium {
  /** Opens the test page. */
  openPage(options?: PageOptions): Promise<ChromiumPage>;
  /** Opens any other page. */
  openAddress(url: string): Promise<Page>;
  /** CPU time that all its processes have used by now. */
  cpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

/**
 * One headless browser for the tests of a file. Its pages may use loopback addresses for media.
 *
 * @param options.network where it is to run; left out: in this machine's. The test page is served from outside
 * @param options.flags more flags of its command line
 */
export async function launchChromium({ network, flags = [] }: ChromiumOptions = {}): Promise<Chromium> {
  const pageServer = await startPageServer(network?.hostAddress);
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-chromium-'));
  const browser = await chromium.launch({
    executablePath: network ? await createLauncher(folder, network) : executablePath,
    headless: true,
    args: [...usualFlags, `--unsafely-treat-insecure-origin-as-secure=${new URL(pageServer.url).origin}`, ...flags],
  });
  const newContext = async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(guardMs);
    return context;
  };
  return {
    async openAddress(url) {
      const page = await (await newContext()).newPage();
      await page.goto(url);
      return page;
    },
    async cpuSeconds() {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      await session.detach();
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    async openPage(options = {}) {
      const context = await newContext();
      const page = await context.newPage();
      const search = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]));
      await openTestPage(page, `${pageServer.url}?${search}`);
      return {
        stage: new StagePage(page),
        async kill() {
          const session = await context.newCDPSession(page);
          const crashed = new Promise((resolve) => page.once('crash', resolve));
          // The command has no answer: whoever would give it is gone.
          session.send('Page.crash').catch(() => undefined);
          await crashed;
        },
        async rewriteHeaders(method, headers) {
          await page.route('**', (route) => {
            const request = route.request();
            if (request.method() !== method) return route.fallback();
            return route.continue({ headers: { ...request.headers(), ...headers } });
          });
        },
        async sleep() {
          // A page that is driven from outside counts as seen, and what is seen cannot be frozen.
          const session = await context.newCDPSession(page);
          await session.send('Debugger.enable');
          const paused = new Promise((resolve) => session.once('Debugger.paused', resolve));
          await session.send('Debugger.pause');
          await paused;
          return {
            async wake() {
              await session.send('Debugger.resume');
              await session.detach();
            },
          };
        },
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      await pageServer.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A program that runs the browser inside the network. */
async function createLauncher(folder: string, network: Pick<NetworkNamespace, 'command'>): Promise<string> {
  const launcher = path.join(folder, 'chromium');
  await writeFile(launcher, `#!/bin/sh\nexec ${network.command.join(' ')} ${executablePath} "$@"\n`, { mode: 0o755 });
  return launcher;
}

async function openTestPage(page: Page, url: string): Promise<void> {
  const errors: string[] = [];
  let networkChanged = Promise.withResolvers<'network changed'>();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    errors.push(`${request.url()}: ${why}`);
    if (why === 'net::ERR_NETWORK_CHANGED') networkChanged.resolve('network changed');
  });
  const load = async () => {
    await page.goto(url);
    await page.waitForFunction(() => 'harness' in globalThis);
  };
  // A browser gives up what it is loading when the machine's network changes.
  for (let times = 1; times <= 3; times += 1) {
    networkChanged = Promise.withResolvers();
    const loaded = load();
    const outcome = await Promise.race([loaded, networkChanged.promise]).catch((cause: unknown) => {
      throw new Error(`The test page did not load: ${errors.join('; ')}`, { cause });
    });
    if (outcome !== 'network changed') return;
    loaded.catch(() => undefined);
  }
  throw new Error(`The test page did not load: ${errors.join('; ')}`);
}
