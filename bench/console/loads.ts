import { chromium, type Page } from 'playwright-core';
import { startServer, testAccessKey } from '../../test/support/server.ts';
import { until } from '../../test/support/until.ts';
import { median } from '../support/median.ts';
import { percentile } from '../support/percentile.ts';

const executablePath = process.env.PROSCENIUM_CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/** What one load came to. Times are since the browser began to go there, or since the button was pressed. */
interface Load {
  readonly requests: number;
  readonly bytes: number;
  readonly firstPaintMs: number;
  readonly usableMs: number;
}

interface Way {
  readonly what: string;
  readonly load: (page: Page) => Promise<Load>;
  readonly loads: Load[];
}

/** Loads in browser profiles of their own, one way after the other, so that a busy moment strikes them all. */
export async function measureLoads(times: number): Promise<void> {
  const server = await startServer();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const consoleUrl = `${server.endpoint}/console`;
  const ways: Way[] = [
    { what: 'the landing page, without script', load: (page) => open(page, server.endpoint, 'main a'), loads: [] },
    { what: 'the console, to sign in', load: (page) => open(page, consoleUrl, signInButton), loads: [] },
    { what: 'the same again, with a cache', load: (page) => openAgain(page, consoleUrl), loads: [] },
    { what: 'from the key to the stages', load: (page) => signIn(page, consoleUrl), loads: [] },
  ];
  try {
    for (let round = 0; round <= times; round += 1) {
      for (const { load, loads } of ways) {
        const context = await browser.newContext();
        const found = await load(await context.newPage());
        if (round > 0) loads.push(found); // the first one warms the browser and the server
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  tell(ways, times);
}

const signInButton = 'form button[type=submit]';
const stagesHeading = '.page h1';

/** Goes to a page until an element is there, which of the console's its script makes. */
async function open(page: Page, url: string, selector: string): Promise<Load> {
  await page.addInitScript(`
    new MutationObserver((_, observer) => {
      if (!document.querySelector(${JSON.stringify(selector)})) return;
      observer.disconnect();
      globalThis.usableMs = performance.now();
    }).observe(document, { childList: true, subtree: true });
  `);
  await page.goto(url);
  return readLoad(page);
}

async function openAgain(page: Page, url: string): Promise<Load> {
  await open(page, url, signInButton);
  await page.reload();
  return readLoad(page);
}

async function signIn(page: Page, url: string): Promise<Load> {
  const before = await open(page, url, signInButton);
  await page.getByLabel('Access key id').fill(testAccessKey.accessKeyId);
  await page.getByLabel('Secret access key').fill(testAccessKey.secretAccessKey);
  await page.evaluate(`
    document.querySelector('form').addEventListener('submit', () => {
      const pressedMs = performance.now();
      globalThis.usableMs = undefined;
      new MutationObserver((_, observer) => {
        if (!document.querySelector(${JSON.stringify(stagesHeading)})) return;
        observer.disconnect();
        requestAnimationFrame(() => { globalThis.usableMs = performance.now() - pressedMs; });
      }).observe(document, { childList: true, subtree: true });
    }, { capture: true });
  `);
  await page.locator(signInButton).click();
  await page.locator(stagesHeading).waitFor();
  const { requests, bytes, usableMs } = await readLoad(page);
  return { requests: requests - before.requests, bytes: bytes - before.bytes, firstPaintMs: usableMs, usableMs };
}

/** Once it is usable and painted. The policy of the pages lets nothing be waited for inside of them. */
async function readLoad(page: Page): Promise<Load> {
  return until(
    () => page.evaluate(seen) as Promise<Load>,
    ({ usableMs, firstPaintMs }) => usableMs !== undefined && firstPaintMs !== undefined,
  );
}

const seen = `(() => {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return {
    requests: entries.length,
    bytes: entries.reduce((sum, { transferSize }) => sum + transferSize, 0),
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    usableMs: globalThis.usableMs,
  };
})()`;

function tell(ways: readonly Way[], times: number): void {
  const medianOf = (loads: readonly Load[], pick: (load: Load) => number) => median(loads.map(pick));
  const reference = medianOf(ways[0]?.loads ?? [], ({ usableMs }) => usableMs);
  console.log(`\nOn loopback, medians of ${times}`);
  console.table(
    ways.map(({ what, loads }) => {
      const usable = loads.map(({ usableMs }) => usableMs);
      return {
        what,
        requests: medianOf(loads, ({ requests }) => requests),
        'kB sent': medianOf(loads, ({ bytes }) => bytes) / 1_000,
        'first paint ms': Math.round(medianOf(loads, ({ firstPaintMs }) => firstPaintMs)),
        'usable ms': Math.round(median(usable)),
        ratio: (median(usable) / reference).toFixed(2),
        'p95 ms': Math.round(percentile(usable, 95)),
      };
    }),
  );
}
