import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { chromiumMissing } from '../support/chromium.ts';
import { type FolderServer, serveFolder } from '../support/folder-server.ts';
import { Installation } from '../support/installation.ts';
import { meet } from './meeting.ts';

describe('the sample with a script tag', { skip: chromiumMissing() }, () => {
  test('lets two people meet on a page that may do next to nothing', async (t) => {
    const installed = await Installation.createExample('script-tag');
    const packed = installed.path('node_modules/@proscenium/web-broadcast');
    const { unpkg, jsdelivr } = JSON.parse(readFileSync(`${packed}/package.json`, 'utf8'));
    assert.equal(unpkg, jsdelivr);
    copyFileSync(`${packed}/${unpkg}`, installed.path('web-broadcast.global.js'));
    copyFileSync(installed.path('../style.css'), installed.path('style.css'));

    const policyFor = (endpoint: string) =>
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `connect-src ${endpoint} ${endpoint.replace('http', 'ws')}`,
      ].join('; ');
    let pages: FolderServer | undefined;
    t.after(() => pages?.close());
    await meet('script-tag', async (endpoint) => {
      pages = await serveFolder(installed.folder, { 'content-security-policy': policyFor(endpoint) });
      return pages.url;
    });
  });
});
