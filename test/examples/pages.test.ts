import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromiumMissing } from '../support/chromium.ts';
import { serveFolder } from '../support/folder-server.ts';
import { Installation, root } from '../support/installation.ts';
import { TestStage } from '../support/stage.ts';
import { watch } from './audience.ts';
import { buildExample, serveBuilt } from './built-example.ts';
import { meet } from './meeting.ts';
import { meetByBackend } from './meetings.ts';
import { SamplePage } from './sample-page.ts';
import { Venue } from './venue.ts';

const compiler = path.join(root, 'node_modules/.bin/tsc');

describe('the samples', { skip: chromiumMissing() }, () => {
  let venue: Venue;
  before(async () => {
    venue = await Venue.open();
  });
  after(() => venue?.close());

  test('with a script tag: two people meet on a page that may do next to nothing', async (t) => {
    const installed = await Installation.createExample('script-tag');
    t.after(() => installed.remove());
    const packed = installed.path('node_modules/@proscenium/web-broadcast');
    const { unpkg, jsdelivr } = JSON.parse(readFileSync(`${packed}/package.json`, 'utf8'));
    assert.equal(unpkg, jsdelivr);
    copyFileSync(`${packed}/${unpkg}`, installed.path('web-broadcast.global.js'));
    copyFileSync(installed.path('../style.css'), installed.path('style.css'));

    const { endpoint } = venue.server;
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src ${endpoint} ${endpoint.replace('http', 'ws')}`,
    ].join('; ');
    const pages = await serveFolder(installed.folder, { 'content-security-policy': policy });
    t.after(() => pages.close());
    await meet('script-tag', venue, pages.url);
  });

  test('in React, built by Vite with an alias: two people meet', async (t) => {
    const installed = await buildExample(t, 'react');
    await meet('react', venue, await serveBuilt(t, installed.path('dist')));
  });

  test('in Vue, built by webpack with an alias: two people meet', async (t) => {
    const installed = await buildExample(t, 'vue');
    await meet('vue', venue, await serveBuilt(t, installed.folder));
  });

  test('built by Next with an alias, rendered without a browser: somebody watches', async (t) => {
    const installed = await buildExample(t, 'next');
    await watch(venue, await serveBuilt(t, installed.path('out')));
  });

  test('in TypeScript, built by esbuild with an alias, known to the compiler: somebody publishes', async (t) => {
    const installed = await buildExample(t, 'esbuild');
    assert.deepEqual(await installed.run(compiler, []), { code: 0, output: '' });
    const url = await serveBuilt(t, installed.folder);
    const { server, chromium } = venue;
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const viewer = await chromium.openPage();
    await viewer.stage.joinStage(stage.invited('viewer').token, { publish: false });

    const studio = await SamplePage.open(chromium, url);
    await studio.join(stage.invited('host').token);
    await studio.read('On air');
    await viewer.stage.waitForFrames(stage.invited('host').participantId, 10);
    assert.deepEqual(studio.noise, []);
    await Promise.all([studio.close(), viewer.close()]);
  });

  test('without an alias, where npm installs the client under the other name, for Node too', async (t) => {
    const installed = await buildExample(t, 'npm-alias');
    await watch(venue, await serveBuilt(t, installed.folder));
    assert.deepEqual(await installed.run(compiler, []), { code: 0, output: '' });
    const script = `
      const { default: all, ...names } = await import('amazon-ivs-web-broadcast');
      console.log(typeof all.Stage, Object.keys(all).length === Object.keys(names).length, typeof window);
    `;
    const { code, output } = await installed.run('node', ['--input-type=module', '--eval', script]);
    assert.deepEqual({ code, output }, { code: 0, output: 'function true undefined\n' });
  });

  test('with a backend: two people meet, are broadcast, are told of, and their meeting ends', async (t) => {
    await meetByBackend(t, venue);
  });
});
