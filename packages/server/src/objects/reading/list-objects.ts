import type { LocalFolder } from '../local-folder.ts';
import type { ObjectFacts } from '../object-facts.ts';
import type { BucketName } from '../object-store.ts';

export interface Listing {
  /** What keys must begin with. */
  readonly prefix: string;
  /** Keys that have it behind the prefix are told by what they begin with up to it. Empty: all keys are told. */
  readonly delimiter: string;
  /** Where the page begins: behind this key, or behind all keys that this beginning stands for. */
  readonly after: string;
  /** Keys and beginnings, together. */
  readonly limit: number;
}

type ListedObject = { readonly key: string; readonly facts: ObjectFacts };

export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** Beginnings that stand for many keys. */
  readonly prefixes: readonly string[];
  /** The last one of the page; undefined when nothing comes after it. */
  readonly next: string | undefined;
}

/** After so many others have their turn. */
const lookedForAtOnce = 100;

/** One page of the keys in a bucket, by their bytes. */
export async function listObjects(folder: LocalFolder, name: BucketName, listing: Listing): Promise<ListedPage> {
  const { prefix, after, limit } = listing;
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  let isWhole = true;
  /** What has been told by its beginning. */
  let told = beginningOf(after, listing) === after ? after : undefined;
  const isTold = (key: string) => told !== undefined && key.startsWith(told);
  for await (const key of limit > 0 ? folder.keys(name, { prefix, after, skips: isTold }) : []) {
    if (isTold(key)) continue;
    if (keys.length + prefixes.length === limit) {
      isWhole = false;
      break;
    }
    told = beginningOf(key, listing);
    if (told === undefined) keys.push(key);
    else prefixes.push(told);
    last = told ?? key;
  }
  return { objects: await findAll(folder, name, keys), prefixes, next: isWhole ? undefined : last };
}

/** What was removed meanwhile is left out. */
async function findAll(folder: LocalFolder, name: BucketName, keys: readonly string[]): Promise<ListedPage['objects']> {
  const objects: ListedObject[] = [];
  for (let begin = 0; begin < keys.length; begin += lookedForAtOnce) {
    const some = keys.slice(begin, begin + lookedForAtOnce);
    const facts = await Promise.all(some.map((key) => folder.find({ ...name, key })));
    for (const [index, each] of facts.entries()) {
      if (each !== undefined) objects.push({ key: some[index] ?? '', facts: each });
    }
  }
  return objects;
}

/** What a key is told by instead of itself. */
function beginningOf(key: string, { prefix, delimiter }: Listing): string | undefined {
  const end = delimiter === '' || !key.startsWith(prefix) ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}
