/**
 * Writes docs/coverage.md: which operations of the API the server handles. With `--check` it writes nothing and fails
 * when the page is out of date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { handledOperations } from '@proscenium/server';
import { coveragePage } from './coverage-page.ts';

const file = new URL('../docs/coverage.md', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const page = coveragePage(handledOperations);
if (!values.check) {
  await writeFile(file, page);
} else if (page !== (await readFile(file, 'utf8').catch(ifMissing))) {
  console.error('docs/coverage.md is out of date: run node scripts/coverage.ts');
  process.exitCode = 1;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
