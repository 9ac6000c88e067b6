import { createHash } from 'node:crypto';
import {
  ConflictException,
  checkTags,
  createResourceId,
  type PublicKey,
  type PublicKeySummary,
  type RandomBytes,
  type Scope,
} from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Store } from '../store/store.ts';
import { readPublicKeyMaterial } from './public-key-material.ts';
import { type PublicKeyRecord, publicKeys } from './public-key-table.ts';

type PublicKeyOperations = Required<
  Pick<Handlers, 'ImportPublicKey' | 'GetPublicKey' | 'ListPublicKeys' | 'DeletePublicKey'>
>;

const newest = { before: Number.MAX_SAFE_INTEGER, limit: 1 };

export function publicKeyOperations({
  store,
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  pageTokens: PageTokens;
  /** Public keys that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): PublicKeyOperations {
  return {
    async ImportPublicKey({ publicKeyMaterial: material, name = '', tags = {} }, { scope }) {
      checkTags(tags);
      const spki = readPublicKeyMaterial(material).toString('base64');
      const record = { id: createResourceId(random), name, tags, material, spki };
      await store.write(async (trx) => {
        const same = await publicKeys.list(trx, scope, newest, { spki });
        if (same.length > 0) throw new ConflictException('The public key has been imported already');
        await publicKeys.insertWithin(quota, trx, scope, record);
      });
      return { publicKey: toPublicKey(scope, record) };
    },

    async GetPublicKey({ arn }, { scope }) {
      return { publicKey: toPublicKey(scope, await publicKeys.get(store.db, scope, arn)) };
    },

    async ListPublicKeys(request, { scope }) {
      const listing: Listing = { operation: 'ListPublicKeys', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        publicKeys.list(store.db, scope, slice),
      );
      return { publicKeys: rows.map((record) => toSummary(scope, record)), ...next };
    },

    async DeletePublicKey({ arn }, { scope }) {
      await store.write(async (trx) => {
        const { id } = await publicKeys.get(trx, scope, arn);
        await publicKeys.delete(trx, scope, id);
      });
      return {};
    },
  };
}

function toSummary(scope: Scope, record: PublicKeyRecord): PublicKeySummary {
  return { arn: publicKeys.arn(scope, record), name: record.name, tags: record.tags };
}

function toPublicKey(scope: Scope, record: PublicKeyRecord): PublicKey {
  const fingerprint = fingerprintOf(Buffer.from(record.spki, 'base64'));
  return { ...toSummary(scope, record), publicKeyMaterial: record.material, fingerprint };
}

/** MD5 over the key, as pairs of hexadecimal digits. It names a key to people; nothing is decided by it. */
function fingerprintOf(spki: Buffer): string {
  const pairs = createHash('md5').update(spki).digest('hex').match(/../g) ?? [];
  return pairs.join(':');
}
