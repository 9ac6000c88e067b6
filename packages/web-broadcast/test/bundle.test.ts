import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type BuildOptions, build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { describeSize, moduleOptions, scriptOptions } from '../build.ts';
import { launchChromium } from './chromium.ts';
import { StageServer } from './stage-server.ts';

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, sourcemap: false, write: false });
  return outputFiles?.[0]?.text ?? '';
}

describe('The bundles', () => {
  let browser: Browser;
  let server: StageServer;

  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), StageServer.start()]);
    const script = { 'content-type': 'text/javascript' };
    const files: Record<string, { headers: Record<string, string>; body: string }> = {
      '/': { headers: { 'content-type': 'text/html' }, body: '<title>page</title>' },
      '/web-broadcast.js': { headers: script, body: await bundle(moduleOptions) },
      '/web-broadcast.global.js': { headers: script, body: await bundle(scriptOptions) },
    };
    server.onPage = (path) => {
      const file = files[path];
      return file && { status: 200, ...file };
    };
  });

  after(async () => {
    await browser.close();
    await server.stop();
  });

  it('work as a module that a page imports', async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const joined = await page.evaluate(async (token) => {
      const address = '/web-broadcast.js';
      const { default: all, Stage, SubscribeType } = await import(address);
      const stage = new Stage(token, {
        shouldPublishParticipant: () => false,
        shouldSubscribeToParticipant: () => SubscribeType.NONE,
      });
      await stage.join();
      stage.leave();
      return all.Stage === Stage;
    }, server.token('ann'));
    assert.equal(joined, true);
  });

  it('work as a script that defines a global', async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    await page.addScriptTag({ url: '/web-broadcast.global.js' });
    const names = await page.evaluate('Object.keys(IVSBroadcastClient)');
    assert.ok(
      Array.isArray(names) && ['Stage', 'StageEvents', 'LocalStageStream'].every((name) => names.includes(name)),
    );
  });

  it('can be imported where there is no browser', async () => {
    const text = await bundle(moduleOptions);
    const { Stage } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    assert.equal(typeof Stage, 'function');
  });
  it('may not be larger than 90 kB with gzip', () => {
    assert.throws(() => describeSize('large', randomBytes(90_001)), /^Error: large: 90001 bytes, .* more than 90 kB$/);
    assert.match(describeSize('large', Buffer.alloc(90_001)), /^large: 90001 bytes, \d{2,3} with gzip$/);
  });
});
