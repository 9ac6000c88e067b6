import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { AccessKey } from './access-keys.ts';

/** The service name in the credential scope of the API's calls, shared by all APIs of the family. */
export const signingService = 'ivs';
/** What can be signed for here: the API, and objects. */
export type SigningService = typeof signingService | 's3';
export const scopeTerminator = 'aws4_request';

/**
 * Derived signing keys, which stay the same for a day: four HMACs saved on every later call.
 * The least recently used one is dropped beyond `capacity`.
 */
export class SigningKeys {
  readonly service: SigningService;
  readonly #capacity: number;
  /** By access key id, day and region; the oldest use first. */
  readonly #keys = new Map<string, { secretAccessKey: string; signingKey: KeyObject }>();

  constructor(service: SigningService = signingService, capacity = 1_000) {
    this.service = service;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** @param day `YYYYMMDD`, as in the credential scope */
  find(accessKey: AccessKey, day: string, region: string): KeyObject {
    const { accessKeyId, secretAccessKey } = accessKey;
    const name = `${accessKeyId}/${day}/${region}`;
    const known = this.#keys.get(name);
    this.#keys.delete(name);
    const entry =
      known?.secretAccessKey === secretAccessKey
        ? known
        : { secretAccessKey, signingKey: deriveSigningKey(secretAccessKey, { day, region, service: this.service }) };
    this.#keys.set(name, entry);
    if (this.#keys.size > this.#capacity) this.#dropOldest();
    return entry.signingKey;
  }

  #dropOldest(): void {
    for (const name of this.#keys.keys()) {
      this.#keys.delete(name);
      return;
    }
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "Derive a signing key" */
export function deriveSigningKey(
  secretAccessKey: string,
  { day, region, service }: { day: string; region: string; service: string },
): KeyObject {
  const dayKey = hmac(`AWS4${secretAccessKey}`, day);
  const regionKey = hmac(dayKey, region);
  const serviceKey = hmac(regionKey, service);
  return createSecretKey(hmac(serviceKey, scopeTerminator));
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
