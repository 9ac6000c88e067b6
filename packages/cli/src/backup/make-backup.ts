import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type BackupSummary, backUp, foldersOf } from '@proscenium/server/backing-up';
import { loadConfig, systemClock } from '@proscenium/server/configuring';
import { CommandError, endCommand, printResult } from '../terminal/end-command.ts';
import { Progress } from '../terminal/progress.ts';
import { describeProgress, describeSummary } from './describe.ts';

export interface BackupOptions {
  data?: string;
  config?: string;
  json: boolean;
}

/** Makes a backup of a data folder in a file, or on standard output. */
export async function makeBackup(file: string, { data: flag, config, json }: BackupOptions): Promise<void> {
  await endCommand(
    (async () => {
      const folders = foldersOf(loadConfig({ file: config, environment: process.env, flags: { data: flag } }));
      const progress = new Progress(process.stderr);
      const write = (output: Writable, passingFolder: string) =>
        backUp({
          folders,
          output,
          passingFolder,
          clock: systemClock,
          onProgress: (each) => progress.show(describeProgress(each)),
        }).finally(() => progress.end());
      if (file === '-') {
        if (process.stdout.isTTY) throw new CommandError('A backup is nothing for a terminal: name a file');
        const summary = await withPassingFolder(os.tmpdir(), (folder) => write(process.stdout, folder));
        process.stderr.write(json ? `${JSON.stringify(summary)}\n` : `${describeSummary(summary)}\n`);
        return;
      }
      const target = path.resolve(file);
      if (existsSync(target)) throw new CommandError(`${target} is there already`);
      const summary = await withPassingFolder(path.dirname(target), (folder) => writeFile(target, folder, write));
      printResult(json, { file: target, ...summary }, `${target}: ${describeSummary(summary)}\n`);
    })(),
  );
}

/** Runs work that has a folder for itself, of which nothing stays, whatever ends the work. */
async function withPassingFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(parent, '.proscenium-backup-')).catch((error: Error) => {
    throw new CommandError(`The backup cannot be written: ${error.message}`);
  });
  const end = (signal: NodeJS.Signals) => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(128 + os.constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    return await work(folder);
  } finally {
    for (const signal of signals) process.off(signal, end);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file is there when all of it is on the disk, or not at all. */
async function writeFile(
  target: string,
  folder: string,
  write: (output: Writable, passingFolder: string) => Promise<BackupSummary>,
): Promise<BackupSummary> {
  const draft = path.join(folder, 'backup');
  const output = createWriteStream(draft, { mode: 0o600, flush: true });
  const ended = finished(output);
  try {
    const summary = await Promise.race([write(output, folder), ended.then(neverEnds)]);
    output.end();
    await ended;
    await rename(draft, target);
    return summary;
  } catch (error) {
    output.destroy();
    throw error;
  }
}

function neverEnds(): never {
  throw new CommandError('The file of the backup was closed');
}
