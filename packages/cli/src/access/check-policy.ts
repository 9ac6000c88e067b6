import { PolicyError, parsePolicy } from '@proscenium/server/administering';
import { endCommand, printResult } from '../terminal/end-command.ts';
import { readDocument } from './read-document.ts';

/** Says whether a policy document can be used; where it cannot, with exit status 1. */
export async function checkPolicy(file: string, json: boolean): Promise<void> {
  await endCommand(
    (async () => {
      try {
        const { statements } = parsePolicy(await readDocument(file));
        const count = statements.length === 1 ? 'one statement' : `${statements.length} statements`;
        printResult(json, { valid: true, statements: statements.length }, `Can be used: ${count}\n`);
      } catch (error) {
        if (!json || !(error instanceof PolicyError)) throw error;
        process.exitCode = 1;
        printResult(json, { valid: false, reason: error.message }, '');
      }
    })(),
  );
}
