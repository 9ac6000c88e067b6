import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { channelPage, pagePaths, readAsset } from './assets.ts';

const allPaths = [...pagePaths, channelPage];

describe('readAsset', () => {
  before(() => {
    const directory = path.join(import.meta.dirname, '..');
    if (!existsSync(path.join(directory, 'dist'))) execFileSync(process.execPath, ['build.ts'], { cwd: directory });
  });

  it('gives every page, and everything that the pages load', async () => {
    for (const pagePath of allPaths) {
      const page = await readAsset(pagePath);
      assert.equal(page?.contentType, 'text/html; charset=utf-8');
      const loaded = [...page.body.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
        ([, file = '']) => file,
      );
      assert.ok(loaded.length > 0);
      for (const file of loaded) assert.ok(await readAsset(file), `${pagePath} loads ${file}`);
    }
  });

  it('tells what kind of file it is', async () => {
    assert.equal((await readAsset('/assets/try.js'))?.contentType, 'text/javascript; charset=utf-8');
    assert.equal((await readAsset('/assets/style.css'))?.contentType, 'text/css; charset=utf-8');
  });

  it('keeps scripts and styles out of the pages, for a strict content security policy', async () => {
    for (const pagePath of allPaths) {
      const html = (await readAsset(pagePath))?.body.toString() ?? '';
      assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    }
  });

  for (const urlPath of [
    '',
    '/nowhere',
    '/index.html',
    '/assets/',
    '/assets/nothing.js',
    '/assets/../index.html',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..\\..\\package.json',
    '/assets//etc/passwd',
    '/assets/try.js\0.css',
    '/assets/try.js?x',
    '/../package.json',
    '/constructor',
    '__proto__',
  ]) {
    it(`gives nothing for ${JSON.stringify(urlPath)}`, async () => {
      assert.equal(await readAsset(urlPath), undefined);
    });
  }
});
