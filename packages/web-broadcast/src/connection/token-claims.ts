import { isJsonObject } from './json-object.ts';

/** What a token says, unverified: the signature is the server's business. */
export class TokenClaims {
  /** Of its signature, as its header names it; undefined where that says nothing. */
  readonly algorithm: unknown;
  readonly #claims: Readonly<Record<string, unknown>>;
  readonly #malformed: (detail: string) => Error;

  /** @throws what `malformed` makes of a reason why it cannot be read, here and below */
  constructor(token: unknown, malformed: (detail: string) => Error) {
    const [, first, payload] = (typeof token === 'string' && /^([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(token)) || [];
    if (!first || !payload) throw malformed('it is not three parts of base64url');
    const [header, claims] = [parsePart(first), parsePart(payload)];
    if (!isJsonObject(claims)) throw malformed('its payload is no JSON object');
    this.algorithm = isJsonObject(header) ? header.alg : undefined;
    this.#claims = claims;
    this.#malformed = malformed;
  }

  /** Whatever it may be. */
  get(name: string): unknown {
    return this.#claims[name];
  }

  text(name: string): string {
    const value = this.#claims[name];
    if (typeof value !== 'string' || !value) throw this.#malformed(`${name} is missing`);
    return value;
  }

  /** Without slashes at its end. */
  url(name: string, protocol: RegExp): string {
    const value = this.text(name);
    if (!URL.canParse(value) || !protocol.test(new URL(value).protocol)) throw this.#malformed(`${name} is no address`);
    return value.replace(/\/+$/, '');
  }

  expiresAtMs(): number {
    const { exp } = this.#claims;
    if (typeof exp !== 'number' || !Number.isFinite(exp)) throw this.#malformed('exp is missing');
    return exp * 1000;
  }
}

function parsePart(part: string): unknown {
  try {
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch {
    return undefined; // neither base64url nor JSON: told by the caller, without the token's text
  }
}
