import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findRecordedWorker } from './recorded-worker.ts';

test('the worker that set-up recorded is found from a folder below, as long as it is there', (context) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'proscenium-record-'));
  context.after(() => rmSync(root, { recursive: true }));
  const worker = path.join(root, 'mediasoup-worker');
  mkdirSync(path.join(root, 'node_modules/.proscenium'), { recursive: true });
  writeFileSync(path.join(root, 'node_modules/.proscenium/worker.json'), JSON.stringify({ path: worker }));
  const below = path.join(root, 'packages/server/src');

  assert.equal(findRecordedWorker(below), undefined);
  writeFileSync(worker, '');
  assert.equal(findRecordedWorker(below), worker);
});

test('without a record there is no worker to name', (context) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'proscenium-record-'));
  context.after(() => rmSync(root, { recursive: true }));
  assert.equal(findRecordedWorker(root), undefined);
});
