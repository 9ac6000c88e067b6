import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { root } from '../support/installation.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { buildExample, serveBuilt, testBuiltAudience } from './built-example.ts';
import { pretendedDevices, SamplePage } from './sample-page.ts';

const compiler = path.join(root, 'node_modules/.bin/tsc');

describe('the samples in TypeScript', { skip: chromiumMissing() }, () => {
  test('are built by esbuild with an alias, known to the compiler, and publish', async (t) => {
    const installed = await buildExample('esbuild');
    assert.deepEqual(await installed.run(compiler, []), { code: 0, output: '' });
    const url = await serveBuilt(t, installed.folder);
    const server = await startServer();
    t.after(() => server.stop());
    const chromium = await launchChromium({ flags: pretendedDevices });
    t.after(() => chromium.close());
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const viewer = await chromium.openPage();
    await viewer.stage.joinStage(stage.invited('viewer').token, { publish: false });

    const studio = await SamplePage.open(chromium, url);
    await studio.join(stage.invited('host').token);
    await studio.read('On air');
    await viewer.stage.waitForFrames(stage.invited('host').participantId, 10);
    assert.deepEqual(studio.noise, []);
  });

  test('need no alias where npm installs the client under the other name, for Node too', async (t) => {
    const installed = await testBuiltAudience(t, { name: 'npm-alias', served: '.' });
    assert.deepEqual(await installed.run(compiler, []), { code: 0, output: '' });
    const script = `
      const { default: all, ...names } = await import('amazon-ivs-web-broadcast');
      console.log(typeof all.Stage, Object.keys(all).length === Object.keys(names).length, typeof window);
    `;
    const { code, output } = await installed.run('node', ['--input-type=module', '--eval', script]);
    assert.deepEqual({ code, output }, { code: 0, output: 'function true undefined\n' });
  });
});
