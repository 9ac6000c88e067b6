import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isKey, localPath } from './local-path.ts';
import { type WalkOptions, walkObjects } from './local-walk.ts';
import { type ObjectFacts, objectFacts } from './object-facts.ts';
import type { BucketName, ObjectContent, ObjectName, ObjectStore, ReadObject } from './object-store.ts';
import { ObjectStoreFailure } from './object-store-failure.ts';

/** Where an object is written before it gets its name. No account is called so. */
const arrivals = 'arriving';
const ownerOnly = 0o700;

/** An object that is being read. */
export interface OpenObject {
  readonly facts: ObjectFacts;
  /** Its owner closes it. Another object by the same name does not change what is read here. */
  readonly handle: FileHandle;
}

export type LocalBucket = { readonly bucket: string; readonly madeAt: Date };

/**
 * The embedded object store: a folder with one for each account, in it one for each bucket, in it the objects, by names that
 * people recognise (see {@link localPath}). What somebody else puts there by a name that could have been written here is an
 * object too; all else is not seen.
 */
export class LocalFolder implements ObjectStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder, and removes what an earlier server did not finish. */
  static async open(folder: string): Promise<LocalFolder> {
    await rm(join(folder, arrivals), { recursive: true, force: true });
    await mkdir(join(folder, arrivals), { recursive: true, mode: ownerOnly });
    return new LocalFolder(folder);
  }

  async put(name: ObjectName, content: ObjectContent): Promise<void> {
    if (!isKey(name.key)) throw new ObjectStoreFailure('InternalServerException', { refused: true });
    try {
      await this.#write(this.#pathOf(name), content);
    } catch (cause) {
      throw new ObjectStoreFailure('InternalServerException', { refused: false, cause });
    }
  }

  /** Makes the bucket if it is not there. */
  async check(name: BucketName): Promise<void> {
    try {
      await makeFolder(this.#folderOf(name));
    } catch (cause) {
      throw new ObjectStoreFailure('InternalServerException', { refused: false, cause });
    }
  }

  close(): void {}

  /** By name. */
  async buckets(account: string): Promise<LocalBucket[]> {
    const entries = await unlessMissing(readdir(join(this.#folder, account), { withFileTypes: true }), []);
    const names = entries.filter((entry) => entry.isDirectory() && isBucket(entry.name)).map((entry) => entry.name);
    const buckets = names.sort().map(async (bucket) => {
      const { birthtime, ctime } = await stat(this.#folderOf({ account, bucket }));
      // File systems that do not know it say 1970.
      return { bucket, madeAt: birthtime.getTime() === 0 ? ctime : birthtime };
    });
    return Promise.all(buckets);
  }

  async hasBucket(name: BucketName): Promise<boolean> {
    if (!isBucket(name.bucket)) return false;
    const status = await unlessMissing(stat(this.#folderOf(name)), undefined);
    return status?.isDirectory() ?? false;
  }

  async get(name: ObjectName): Promise<ReadObject | undefined> {
    try {
      const object = await this.read(name);
      if (object === undefined) return undefined;
      const { bytes, etag } = object.facts;
      return { bytes, etag, content: object.handle.createReadStream() };
    } catch (cause) {
      throw new ObjectStoreFailure('InternalServerException', { refused: false, cause });
    }
  }

  /** Undefined when there is no such object. */
  async read(name: ObjectName): Promise<OpenObject | undefined> {
    if (!isKey(name.key)) return undefined;
    const file = this.#pathOf(name);
    const handle = await unlessMissing(open(file, constants.O_RDONLY | constants.O_NOFOLLOW), undefined);
    if (handle === undefined) return undefined;
    const status = await handle.stat({ bigint: true });
    if (status.isFile()) return { facts: objectFacts(status), handle };
    await handle.close();
    return undefined;
  }

  /** Undefined when there is no such object. */
  async find(name: ObjectName): Promise<ObjectFacts | undefined> {
    if (!isKey(name.key)) return undefined;
    const status = await unlessMissing(lstat(this.#pathOf(name), { bigint: true }), undefined);
    return status?.isFile() ? objectFacts(status) : undefined;
  }

  /** The keys of a bucket in the order of their bytes, see {@link walkObjects}. */
  keys(name: BucketName, options: WalkOptions): AsyncGenerator<string> {
    return walkObjects(this.#folderOf(name), options);
  }

  /** Folders that hold nothing any more go too, for in a bucket there are none. */
  async delete(name: ObjectName): Promise<void> {
    if (!isKey(name.key)) return;
    try {
      await this.#remove(name);
    } catch (cause) {
      throw new ObjectStoreFailure('InternalServerException', { refused: false, cause });
    }
  }

  async #remove(name: ObjectName): Promise<void> {
    const file = this.#pathOf(name);
    await unlessMissing(unlink(file), undefined);
    const bucket = this.#folderOf(name);
    for (let folder = dirname(file); folder !== bucket; folder = dirname(folder)) {
      if (!(await removeEmpty(folder))) break;
    }
    await syncFolder(bucket);
  }

  async #write(file: string, content: ObjectContent): Promise<void> {
    const arriving = join(this.#folder, arrivals, randomUUID());
    try {
      if ('file' in content) await linkOrCopy(content.file, arriving);
      const handle = await open(arriving, 'file' in content ? 'r' : 'wx', 0o600);
      try {
        if ('data' in content) await handle.writeFile(content.data);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await place(arriving, file);
    } finally {
      // It is still there when anything failed, and when the file had this name already.
      await rm(arriving, { force: true });
    }
  }

  #folderOf({ account, bucket }: BucketName): string {
    if (!/^\d{12}$/.test(account) || !isBucket(bucket)) throw new Error('No account or bucket is called so');
    return join(this.#folder, account, bucket);
  }

  #pathOf(name: ObjectName): string {
    return join(this.#folderOf(name), localPath(name.key));
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, as far as the API asks for it */
export function isBucket(name: string): boolean {
  return /^[a-z0-9.-]{3,63}$/.test(name);
}

/** A second name of the same bytes where they can have one. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(codeOf(error))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** An object that is removed just now may take the folder with it that was there. */
async function place(arriving: string, file: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await makeFolder(dirname(file));
    try {
      await rename(arriving, file);
      return await syncFolder(dirname(file));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

/** With the folders around it; durable. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: ownerOnly });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await unlessMissing(open(folder, constants.O_RDONLY | constants.O_DIRECTORY), undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function unlessMissing<Result, Otherwise>(
  work: Promise<Result>,
  otherwise: Otherwise,
): Promise<Result | Otherwise> {
  try {
    return await work;
  } catch (error) {
    // The last three: something else is called so, or nothing can be.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(codeOf(error))) return otherwise;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
