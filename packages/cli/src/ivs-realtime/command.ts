import type { Service } from '@proscenium/model';
import { runApiCommand } from './run.ts';

/** `proscenium ivs-realtime …` and `proscenium ivs …`: ends the process with the exit code of the command. */
export async function callApi(service: Service, words: readonly string[], version: string): Promise<void> {
  const { stdout, stderr } = process;
  // Whoever reads the output may have had enough of it.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  process.exitCode = await runApiCommand(words, {
    service,
    environment: process.env,
    version,
    terminalColumns: stdout.isTTY ? stdout.columns : undefined,
    writeOutput: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
  });
}
