import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import puppeteer from 'puppeteer-core';
import type { NetworkNamespace } from './netns.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { StagePage } from './stage-page.ts';

const executable = process.env.PROSCENIUM_FIREFOX ?? 'firefox-esr';

const preferences: Record<string, boolean | number | string> = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage': 'about:blank',
  'datareporting.policy.dataSubmissionEnabled': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Machines without a sound card: a pretended device keeps the audio graph's time.
  'media.cubeb.force_mock_context': true,
  // No codec from the network: what is tested is what Debian ships.
  'media.gmp-manager.updateEnabled': false,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.server': '',
};

/** Failure guard: what is waited for either comes soon or never. */
const guardMs = 120_000;

/** A reason to skip, or false. */
export function firefoxMissing(): string | false {
  const { status } = spawnSync(executable, ['--version'], { stdio: 'ignore' });
  return status === 0 ? false : `${executable} is not there`;
}

export interface Firefox {
  /** Opens the test page, until the test ends. */
  openPage(t: TestContext): Promise<StagePage>;
  close(): Promise<void>;
}

/** Headless Firefox inside a network namespace, driven over WebDriver BiDi. The test page is served from outside. */
export async function launchFirefox(network: NetworkNamespace): Promise<Firefox> {
  const home = await mkdtemp(path.join(tmpdir(), 'proscenium-firefox-'));
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(path.join(home, 'user.js'), lines.join(''));

  const args = ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '0', 'about:blank'];
  const program = network.spawn(executable, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: home, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  const ended = once(program, 'exit');
  const port = await driverPort(program);
  await network.expose(port);
  const browser = await puppeteer.connect({
    browserWSEndpoint: `ws://${network.address}:${port}/session`,
    protocol: 'webDriverBiDi',
    // Firefox answers to its own loopback name alone.
    headers: { host: `127.0.0.1:${port}` },
  });
  const pageServer: PageServer = await startPageServer(network.hostAddress);

  return {
    async openPage(t) {
      const page = await browser.newPage();
      t.after(() => page.close());
      page.setDefaultTimeout(guardMs);
      await page.goto(pageServer.url);
      await page.waitForFunction(() => 'harness' in globalThis);
      return new StagePage(page);
    },
    async close() {
      await browser.close();
      await ended;
      await pageServer.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Firefox tells on its error output where it listens for its driver. */
async function driverPort(child: ChildProcess): Promise<number> {
  if (child.stderr === null) throw new Error('Firefox has no error output');
  const lines: string[] = [];
  const guard = setTimeout(() => child.kill('SIGKILL'), guardMs);
  try {
    for await (const line of createInterface(child.stderr)) {
      lines.push(line);
      const port = /WebDriver BiDi listening on ws:\/\/[^:]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) return Number(port);
    }
  } finally {
    clearTimeout(guard);
  }
  throw new Error(`Firefox did not start: ${lines.slice(-10).join('\n')}`);
}
