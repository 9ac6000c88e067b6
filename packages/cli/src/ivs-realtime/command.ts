import { runIvsRealtime } from './run.ts';

/** `proscenium ivs-realtime …`: ends the process with the exit code of the command. */
export async function ivsRealtime(words: readonly string[], version: string): Promise<void> {
  const { stdout, stderr } = process;
  // Whoever reads the output may have had enough of it.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  process.exitCode = await runIvsRealtime(words, {
    environment: process.env,
    version,
    terminalColumns: stdout.isTTY ? stdout.columns : undefined,
    writeOutput: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
  });
}
