import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { leavePublishedForm, takePublishedForm } from './published-form.ts';

test('a package gets back what publishing changed, also when packing was interrupted', (context) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-published-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const manifest = `{ "name": "thing",\t"files": ["dist", "bin", "LICENSE"], "exports": { ".": "./src/index.ts" }, "scripts": { "build": "node build.ts" } }\n`;
  writeFileSync(path.join(folder, 'package.json'), manifest);
  writeFileSync(path.join(folder, 'build.ts'), `require('node:fs').mkdirSync('dist')`);
  mkdirSync(path.join(folder, 'bin'));
  const read = () => readFileSync(path.join(folder, 'package.json'), 'utf8');
  const list = () => readdirSync(folder).filter((name) => name !== 'dist');
  const before = list();

  leavePublishedForm(folder);
  assert.deepEqual(list(), before);

  takePublishedForm(folder);
  const published = read();
  assert.deepEqual(JSON.parse(published).exports, { '.': { types: './dist/index.d.ts', default: './dist/index.js' } });
  assert.match(readFileSync(path.join(folder, 'LICENSE'), 'utf8'), /Apache License/);

  takePublishedForm(folder);
  assert.equal(read(), published);
  leavePublishedForm(folder);
  assert.equal(read(), manifest);
  assert.deepEqual(list(), before);
});
