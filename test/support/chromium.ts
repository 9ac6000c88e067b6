import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { startPageServer } from './page-server.ts';
import { StagePage } from './stage-page.ts';

const executablePath = process.env.PROSCENIUM_CHROMIUM ?? '/usr/bin/chromium';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
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
  close(): Promise<void>;
}

export interface Chromium {
  openPage(): Promise<ChromiumPage>;
  close(): Promise<void>;
}

/** One headless browser for the tests of a file. Its pages may use loopback addresses for media. */
export async function launchChromium(): Promise<Chromium> {
  const pageServer = await startPageServer();
  const browser = await chromium.launch({ executablePath, headless: true, args: flags });
  return {
    async openPage() {
      const context = await browser.newContext();
      const page = await context.newPage();
      await openTestPage(page, pageServer.url);
      return {
        stage: new StagePage(page),
        async kill() {
          const session = await context.newCDPSession(page);
          const crashed = new Promise((resolve) => page.once('crash', resolve));
          // The command has no answer: whoever would give it is gone.
          session.send('Page.crash').catch(() => undefined);
          await crashed;
        },
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      await pageServer.close();
    },
  };
}

async function openTestPage(page: Page, url: string): Promise<void> {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  await page
    .waitForFunction(() => 'harness' in globalThis)
    .catch((cause: unknown) => {
      throw new Error(`The test page did not load: ${errors.join('; ')}`, { cause });
    });
}
