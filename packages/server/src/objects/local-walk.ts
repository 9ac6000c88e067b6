import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compareKeys } from './key-order.ts';
import { readName } from './local-path.ts';

export interface WalkOptions {
  /** What keys must begin with. */
  readonly prefix: string;
  /** Keys up to this one are left out. */
  readonly after: string;
  /** Whether nothing that begins so is wanted: what is below it is not looked at then. Asked anew at each step. */
  readonly skips: (beginning: string) => boolean;
}

/** @property key of an object; of a folder what all keys below it begin with */
type Entry = { readonly key: string; readonly folder?: string };

/** After so many names others have their turn. */
const namesAtOnce = 1_000;

/**
 * The keys of the objects in a bucket's folder, in the order of their UTF-8 bytes, as S3 lists them. What comes and goes
 * meanwhile may be among them or not.
 *
 * @param around what the keys of all objects in the folder begin with
 */
export async function* walkObjects(folder: string, options: WalkOptions, around = ''): AsyncGenerator<string> {
  const entries = await readEntries(folder, around, '');
  const wanted = entries.filter((entry) => isWanted(entry, options));
  for (const { key, folder: inside } of wanted.sort((one, other) => compareKeys(one.key, other.key))) {
    if (inside === undefined) yield key;
    else if (!options.skips(key)) yield* walkObjects(inside, options, key);
  }
}

function isWanted({ key, folder }: Entry, { prefix, after }: WalkOptions): boolean {
  if (folder === undefined) return key.startsWith(prefix) && compareKeys(key, after) > 0;
  const mayMatch = key.startsWith(prefix) || prefix.startsWith(key);
  return mayMatch && (after.startsWith(key) || compareKeys(key, after) > 0);
}

/** Those of folders whose names go on, too. @param begins what such folders around it stand for */
async function readEntries(folder: string, around: string, begins: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const [index, file] of (await readFolder(folder)).entries()) {
    if (index % namesAtOnce === namesAtOnce - 1) await setImmediate();
    if (!file.isFile() && !file.isDirectory()) continue;
    const name = readName(file.name, file.isDirectory(), begins);
    if (name === undefined) continue;
    if (name.goesOn) entries.push(...(await readEntries(join(folder, file.name), around, name.begins)));
    else if (name.kind === 'object') entries.push({ key: around + name.segment });
    else entries.push({ key: `${around}${name.segment}/`, folder: join(folder, file.name) });
  }
  return entries;
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // Its last object has just been removed.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
