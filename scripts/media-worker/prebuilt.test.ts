import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { findMediasoup, type MediasoupPackage } from './mediasoup-package.ts';
import { downloadPrebuiltWorker } from './prebuilt.ts';

const root = path.join(import.meta.dirname, '../..');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The install script of the real mediasoup, in a place where it may do as it likes. */
let mediasoup: MediasoupPackage;
beforeEach(() => {
  const installed = findMediasoup(path.join(root, 'packages/media'));
  // Its dependencies are beside it and above it.
  const folder = temporaryFolder();
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const directory = path.join(folder, 'mediasoup');
  mkdirSync(path.join(directory, 'worker'), { recursive: true });
  for (const file of ['npm-scripts.mjs', 'package.json']) {
    copyFileSync(path.join(installed.directory, file), path.join(directory, file));
  }
  const nested = path.join(installed.directory, 'node_modules');
  if (existsSync(nested)) symlinkSync(nested, path.join(directory, 'node_modules'));
  mediasoup = { ...installed, directory, ownWorkerPath: path.join(directory, 'worker/out/Release/mediasoup-worker') };
});

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-prebuilt-'));
  folders.push(folder);
  return folder;
}

/** An archive with a worker that is a shell script. */
function archive(script: string): Buffer {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'mediasoup-worker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  execFileSync('tar', ['-czf', 'worker.tgz', 'mediasoup-worker'], { cwd: folder });
  return readFileSync(path.join(folder, 'worker.tgz'));
}

async function download(listener: RequestListener): Promise<boolean> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL = `http://127.0.0.1:${address.port}`;
  try {
    return await downloadPrebuiltWorker(mediasoup);
  } finally {
    delete process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL;
    server.closeAllConnections();
    server.close();
  }
}

describe('the prebuilt worker', () => {
  test('is put where mediasoup looks for it', async () => {
    const worker = archive('exit 41');
    assert.equal(await download((_, response) => response.end(worker)), true);
    assert.ok(existsSync(mediasoup.ownWorkerPath));
  });

  test('is done without where it does not run on this machine', async () => {
    const worker = archive('exit 1');
    assert.equal(await download((_, response) => response.end(worker)), false);
  });

  test('is done without where there is none for this machine', async () => {
    assert.equal(await download((_, response) => response.writeHead(404).end()), false);
  });

  test('is done without where nobody answers', async () => {
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL = 'http://127.0.0.1:1';
    assert.equal(await downloadPrebuiltWorker(mediasoup), false);
    delete process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL;
  });
});
