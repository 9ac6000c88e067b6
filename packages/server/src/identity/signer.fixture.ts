import { createHash, createHmac, type Hash, type Hmac, hash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from './access-keys.ts';
import type { SignedRequest } from './canonical-request.ts';

/** A request before it is signed, decoded. */
export type PlainRequest = {
  method: string;
  /** Percent-encoded, without query. */
  path: string;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

export const accessKey: AccessKey = {
  accessKeyId: 'PRSCEXAMPLEEXAMPLEEX',
  secretAccessKey: 'example-secret-example-secret-example-00',
  account: '123456789012',
  userName: 'default',
};

type Signing = { key?: AccessKey; region?: string; service?: string; signingDate?: Date; expiresIn?: number };

/** Signs with the library that the JavaScript SDK uses. Gives headers by name, and path with query. */
export async function sign(request: PlainRequest, signing: Signing = {}) {
  return wire(await signer(signing).sign(toSign(request), signing), request);
}

/** The same in the query. */
export async function presign(request: PlainRequest, signing: Signing = {}) {
  return wire(await signer(signing).presign(toSign(request), signing), request);
}

export type WireRequest = Awaited<ReturnType<typeof sign>>;

/** How a server gets to see a request. */
export function received({ method, url, headers, body }: WireRequest): SignedRequest {
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
  return { method, rawUrl: url, rawHeaders, bodySha256: hash('sha256', body) };
}

function signer({ key = accessKey, region = 'us-west-2', service = 'ivs' }: Signing): SignatureV4 {
  return new SignatureV4({ credentials: key, region, service, sha256: Sha256 });
}

function toSign({ method, path, query = {}, headers = {}, body }: PlainRequest) {
  return {
    protocol: 'http:',
    hostname: 'localhost',
    method,
    path,
    query,
    headers: { host: 'localhost', ...headers },
    body,
  };
}

function wire(signed: { headers: Record<string, string>; query?: Record<string, unknown> }, request: PlainRequest) {
  const query = Object.entries(signed.query ?? {})
    .flatMap(([name, values]) => [values].flat().map((value) => `${encode(name)}=${encode(String(value))}`))
    .join('&');
  const url = query === '' ? request.path : `${request.path}?${query}`;
  return { method: request.method, url, headers: signed.headers, body: Buffer.from(request.body ?? '') };
}

/** RFC 3986: unreserved characters alone stay as they are. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #state: Hash | Hmac;

  constructor(secret?: unknown) {
    this.#secret = secret === undefined ? undefined : bytes(secret);
    this.#state = this.#begin();
  }

  reset(): void {
    this.#state = this.#begin();
  }

  update(data: unknown): void {
    this.#state.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function bytes(data: unknown): string | Uint8Array {
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  throw new TypeError('Only texts and bytes are hashed here');
}
