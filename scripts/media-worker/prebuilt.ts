import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { MediasoupPackage } from './mediasoup-package.ts';

const run = promisify(execFile);

const answerTimeoutMs = 5_000;
const downloadTimeoutMs = 120_000;

/**
 * Has mediasoup's own install script download the worker that its authors built for this kind of machine; true where
 * that worked. Its script is started only where the server that has the worker answers soon, because on a closed
 * network it tries for most of a minute.
 */
export async function downloadPrebuiltWorker(mediasoup: MediasoupPackage): Promise<boolean> {
  const releases =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ?? `${mediasoup.repositoryUrl}/releases/download`;
  if (!(await answers(releases))) return false;

  try {
    await run(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
      cwd: mediasoup.directory,
      // Where the download fails the script would build with Python tools that it downloads: no Python, no attempt.
      env: { ...process.env, MEDIASOUP_WORKER_BIN: '', PYTHON: 'false' },
      timeout: downloadTimeoutMs,
    });
  } catch {
    return false;
  }
  return existsSync(mediasoup.ownWorkerPath);
}

/** Whatever the answer is: that there is one counts. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(answerTimeoutMs) });
    return true;
  } catch {
    return false;
  }
}
