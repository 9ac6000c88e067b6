import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { foldersOf, restore } from '@proscenium/server/backing-up';
import { loadConfig } from '@proscenium/server/configuring';
import { CommandError, endCommand, printResult } from '../terminal/end-command.ts';
import { Progress } from '../terminal/progress.ts';
import { describeProgress, describeSummary } from './describe.ts';
import type { BackupOptions } from './make-backup.ts';

/** Puts a backup, of a file or of standard input, into a data folder. */
export async function restoreBackup(file: string, { data: flag, config, json }: BackupOptions): Promise<void> {
  await endCommand(
    (async () => {
      const folders = foldersOf(loadConfig({ file: config, environment: process.env, flags: { data: flag } }));
      const input = file === '-' ? process.stdin : await openFile(file);
      const progress = new Progress(process.stderr);
      const summary = await restore({
        folders,
        input: input as AsyncIterable<Buffer>,
        onProgress: (each) => progress.show(describeProgress(each)),
      }).finally(() => progress.end());
      printResult(json, { data: folders.data, ...summary }, `${folders.data}: ${describeSummary(summary)}\n`);
    })(),
  );
}

async function openFile(file: string) {
  const input = createReadStream(file, { highWaterMark: 1_048_576 });
  await once(input, 'open').catch((error: Error) => {
    throw new CommandError(`The backup cannot be read: ${error.message}`);
  });
  return input;
}
