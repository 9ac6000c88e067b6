import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { provideWebBundles } from './web-bundles.ts';

/** Notes that it ran, and makes a bundle. */
const build = `
  import { appendFileSync, mkdirSync, copyFileSync } from 'node:fs';
  appendFileSync('../../builds', process.cwd().split('/').at(-1) + ' ');
  mkdirSync('dist', { recursive: true });
  copyFileSync('src/index.ts', 'dist/bundle.js');
`;

let root: string;
afterEach(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'proscenium-bundles-'));
  write('package-lock.json', '{}');
  for (const folder of ['packages/web-broadcast', 'packages/console']) {
    write(`${folder}/package.json`, '{ "type": "module" }');
    write(`${folder}/build.ts`, build);
    write(`${folder}/src/index.ts`, '');
  }
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** What was built by this call. */
function builds(): string {
  write('builds', '');
  provideWebBundles(root, path.join(root, 'record.json'));
  return readFileSync(path.join(root, 'builds'), 'utf8').trim();
}

const all = 'web-broadcast console';

describe('web bundles', () => {
  test('are built once', () => {
    assert.equal(builds(), all);
    assert.equal(builds(), '');
  });

  test('are built again after a source changed, came or went', () => {
    builds();
    write('packages/web-broadcast/src/index.ts', 'changed');
    assert.equal(builds(), all);
    write('packages/console/src/page.html', '');
    assert.equal(builds(), all);
    rmSync(path.join(root, 'packages/console/src/page.html'));
    assert.equal(builds(), all);
  });

  test('are built again after one is gone', () => {
    builds();
    rmSync(path.join(root, 'packages/console/dist/bundle.js'));
    assert.equal(builds(), all);
  });

  test('that cannot be built are no success, now or at the next time', () => {
    write('packages/console/build.ts', 'process.exit(1)');
    assert.throws(builds, /packages\/console cannot be built/);
    assert.throws(builds, /packages\/console cannot be built/);
  });
});
