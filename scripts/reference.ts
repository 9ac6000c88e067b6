/**
 * Writes docs/reference: every operation, shape and error of the API. With `--check` it writes nothing and fails when a
 * page is out of date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '@proscenium/server';
import { referencePages } from './reference/pages.ts';

const folder = new URL('../docs/reference/', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { throttles } = loadConfig({ environment: {}, flags: {} });
const pages = referencePages(throttles.ratesPerSecond);
await mkdir(folder, { recursive: true });
const files = new Set([...pages.keys(), ...(await readdir(folder))]);
const stale: string[] = [];
for (const file of files) {
  const written = await readFile(new URL(file, folder), 'utf8').catch(ifMissing);
  if (written !== pages.get(file)) stale.push(file);
}
if (values.check && stale.length > 0) {
  console.error(`docs/reference is out of date (${stale.join(', ')}): run node scripts/reference.ts`);
  process.exitCode = 1;
}
if (!values.check) {
  for (const file of stale) {
    const page = pages.get(file);
    await (page === undefined ? rm(new URL(file, folder)) : writeFile(new URL(file, folder), page));
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
