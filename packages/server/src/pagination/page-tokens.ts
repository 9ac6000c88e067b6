import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type OperationName, type RandomBytes, type Scope, ValidationException } from '@proscenium/model';
import { keepSecret } from '../store/secrets.ts';
import type { Store } from '../store/store.ts';

/** One list as one caller sees it. A page token of one listing is worth nothing in another. */
export type Listing = {
  operation: OperationName | 'ListDeadLetters';
  scope: Scope;
  /** Whatever else decides which items belong to it. */
  filters: readonly (string | boolean | undefined)[];
};

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const positionBytes = 8;

/**
 * Makes and reads page tokens: the row number of the last item, encrypted, so that nothing is told about how many rows
 * others have, and authenticated together with the listing.
 */
export class PageTokens {
  readonly #key: Uint8Array;
  readonly #random: RandomBytes;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, random: RandomBytes = randomBytes) {
    this.#key = key;
    this.#random = random;
  }

  seal(listing: Listing, position: number): string {
    const plain = Buffer.alloc(positionBytes);
    plain.writeBigUInt64BE(BigInt(position));
    const nonce = Buffer.from(this.#random(nonceBytes));
    // No token begins with a dash then: command lines would take it for an option.
    nonce.writeUInt8(nonce.readUInt8() & 0x7f);
    const sealing = createCipheriv(cipher, this.#key, nonce).setAAD(identity(listing));
    const sealed = Buffer.concat([sealing.update(plain), sealing.final()]);
    return Buffer.concat([nonce, sealed, sealing.getAuthTag()]).toString('base64url');
  }

  /** @throws ValidationException for a token that is broken or belongs to another listing */
  open(listing: Listing, token: string): number {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== nonceBytes + positionBytes + tagBytes) throw foreign();
    // The decoder is lenient: only the one spelling that was given out counts.
    if (bytes.toString('base64url') !== token) throw foreign();
    const nonce = bytes.subarray(0, nonceBytes);
    const sealed = bytes.subarray(nonceBytes, -tagBytes);
    const opening = createDecipheriv(cipher, this.#key, nonce, { authTagLength: tagBytes })
      .setAAD(identity(listing))
      .setAuthTag(bytes.subarray(-tagBytes));
    const plain = opening.update(sealed);
    try {
      opening.final();
    } catch {
      throw foreign();
    }
    return Number(plain.readBigUInt64BE());
  }
}

/** Page tokens with the key that the store keeps. */
export async function loadPageTokens(store: Store, random: RandomBytes = randomBytes): Promise<PageTokens> {
  const key = await keepSecret(store, 'page-token-key', async () => Buffer.from(random(keyBytes)).toString('base64'));
  return new PageTokens(Buffer.from(key, 'base64'), random);
}

function identity({ operation, scope, filters }: Listing): Buffer {
  return Buffer.from(JSON.stringify([operation, scope.account, scope.region, ...filters]));
}

function foreign(): ValidationException {
  return new ValidationException('nextToken is not one that this list call has returned with the same filters');
}
