/**
 * Writes docs/images/layouts: pictures of how a composition arranges its participants. With `--check` it writes nothing
 * and fails when a picture is out of date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { layoutPictures } from './layout-pictures/examples.ts';

const folder = new URL('../docs/images/layouts/', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const pictures = layoutPictures();
await mkdir(folder, { recursive: true });
const stale: string[] = [];
for (const file of new Set([...pictures.keys(), ...(await readdir(folder))])) {
  const drawn = await readFile(new URL(file, folder), 'utf8').catch(ifMissing);
  if (drawn !== pictures.get(file)) stale.push(file);
}
if (values.check && stale.length > 0) {
  console.error(`docs/images/layouts is out of date (${stale.join(', ')}): run node scripts/layout-pictures.ts`);
  process.exitCode = 1;
}
if (!values.check) {
  for (const file of stale) {
    const picture = pictures.get(file);
    await (picture === undefined ? rm(new URL(file, folder)) : writeFile(new URL(file, folder), picture));
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
