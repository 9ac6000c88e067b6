import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError } from '../terminal/end-command.ts';

/** The text of a file; of standard input for `-`. */
export async function readDocument(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`The document cannot be read: ${(error as Error).message}`);
  }
}
