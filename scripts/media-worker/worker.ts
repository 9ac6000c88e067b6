import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { installDebianPackages, isDebian, workerBuildPackages } from '../debian-packages.ts';
import { say } from '../progress.ts';
import { buildRecipe, buildWorker } from './build.ts';
import { findMediasoup } from './mediasoup-package.ts';
import { downloadPrebuiltWorker } from './prebuilt.ts';
import { findToolchain, workerCacheKey } from './toolchain.ts';

/**
 * Sees to it that there is a mediasoup worker: mediasoup's own where it is installed or can be downloaded, else one
 * that is built here and kept in the cache of the user. A worker that mediasoup would not find by itself is recorded
 * in `recordFile`, for the server.
 *
 * @param root the folder whose node_modules has mediasoup
 */
export async function provideWorker(root: string, recordFile: string): Promise<void> {
  const mediasoup = findMediasoup(path.join(root, 'packages/media'));
  if (runs(mediasoup.ownWorkerPath)) {
    rmSync(recordFile, { force: true });
    return;
  }

  const recorded = readRecord(recordFile);
  const cached = cachedWorkerPath(mediasoup.version);
  if (cached !== undefined && runs(cached)) {
    if (recorded !== cached) writeRecord(recordFile, cached);
    return;
  }

  say('mediasoup-worker: looking for the prebuilt one');
  if (await downloadPrebuiltWorker(mediasoup)) {
    rmSync(recordFile, { force: true });
    return;
  }

  if (!isDebian()) {
    throw new Error(
      'mediasoup-worker can neither be downloaded nor, as this is no Debian, be built here. ' +
        'Name one that runs by the environment variable PROSCENIUM_MEDIASOUP_WORKER.',
    );
  }
  say('mediasoup-worker: the prebuilt one cannot be downloaded, so it is built once for this machine');
  installDebianPackages(workerBuildPackages, 'building mediasoup-worker');
  // Another clone may have built it with the same packages before they went missing.
  const target = cachedWorkerPath(mediasoup.version);
  if (target === undefined) throw new Error('g++, flatc and pkg-config are installed but cannot be run');
  if (!runs(target)) await buildWorker(mediasoup, target);
  if (!runs(target)) throw new Error(`the mediasoup-worker built at ${target} does not run`);
  writeRecord(recordFile, target);
  say(`mediasoup-worker: ${target}`);
}

/** Where the worker for this machine's toolchain is kept, or undefined where there is no toolchain. */
function cachedWorkerPath(mediasoupVersion: string): string | undefined {
  const toolchain = findToolchain();
  if (!toolchain) return undefined;
  const key = workerCacheKey(mediasoupVersion, toolchain, buildRecipe());
  return path.join(cacheDirectory(), 'mediasoup-worker', key, 'mediasoup-worker');
}

/** A worker that is started without the variable MEDIASOUP_VERSION ends at once with exit code 41. */
function runs(worker: string): boolean {
  return existsSync(worker) && spawnSync(worker, { env: {}, stdio: 'ignore' }).status === 41;
}

function readRecord(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { path: string }).path;
}

function writeRecord(file: string, worker: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ path: worker })}\n`);
}
