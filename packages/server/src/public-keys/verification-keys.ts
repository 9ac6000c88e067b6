import type { KeyObject } from 'node:crypto';
import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';
import type { ImportedKeys } from '../tokens/self-signed-token.ts';
import { importPublicKey } from './public-key-material.ts';
import { publicKeys } from './public-key-table.ts';

/**
 * The keys that customers have imported, to verify what they signed. Whether a key is there is asked of the store each
 * time, so a deleted one is of no use at once; only what makes a key object of it is saved.
 */
export class VerificationKeys implements ImportedKeys {
  readonly #db: Database;
  readonly #readyKeys: number;
  /** By SubjectPublicKeyInfo: the least recently used go first. */
  readonly #ready = new Map<string, KeyObject>();

  /** @param options.readyKeys how many are kept ready for use, of all accounts together; default 1,000 */
  constructor(db: Database, { readyKeys = 1_000 } = {}) {
    this.#db = db;
    this.#readyKeys = readyKeys;
  }

  async find(scope: Scope, id: string): Promise<KeyObject | undefined> {
    const record = await publicKeys.find(this.#db, scope, id);
    return record && this.#keyOf(record.spki);
  }

  #keyOf(spki: string): KeyObject {
    const key = this.#ready.get(spki) ?? importPublicKey(Buffer.from(spki, 'base64'));
    this.#ready.delete(spki);
    this.#ready.set(spki, key);
    if (this.#ready.size > this.#readyKeys) {
      const [oldest = ''] = this.#ready.keys();
      this.#ready.delete(oldest);
    }
    return key;
  }
}
