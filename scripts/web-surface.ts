/**
 * Writes docs/web-client-reference.md: what the web client exports. With `--check` it writes nothing, and fails when the
 * page is out of date or when the client lacks something that it is expected to have.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSurface, expectationsOf } from './web-surface/check-surface.ts';
import { classes, enumerations, later, notOffered, types } from './web-surface/expected.ts';
import { surfacePage } from './web-surface/page.ts';
import { readSurface } from './web-surface/read-surface.ts';

const file = new URL('../docs/web-client-reference.md', import.meta.url);
const folder = fileURLToPath(new URL('../packages/web-broadcast/', import.meta.url));

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const surface = readSurface(`${folder}tsconfig.json`, `${folder}src/exports.ts`);
const page = surfacePage(surface, later, notOffered);
if (values.check) {
  const faults = checkSurface(surface, expectationsOf(enumerations, { ...classes, ...types }), {
    ...later,
    ...notOffered,
  });
  if (page !== (await readFile(file, 'utf8').catch(ifMissing))) {
    faults.push('docs/web-client-reference.md is out of date: run node scripts/web-surface.ts');
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
} else {
  await writeFile(file, page);
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
