import { isUtf8 } from 'node:buffer';
import { type KeyObject, verify } from 'node:crypto';
import { readObject } from './claim.ts';
import { maximumTokenBytes, tokenDigest } from './token-format.ts';
import { malformed } from './token-refusal.ts';

/** A token taken apart. Nobody has vouched for it yet. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The text that the signature covers. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** @throws TokenRefusal TOKEN_MALFORMED unless it is two JSON objects and a signature */
export function takeApart(token: string): TokenParts {
  // A character is at least a byte, so this never takes in more than the limit.
  if (token.length > maximumTokenBytes) throw malformed();
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) throw malformed();
  return {
    header: parseObject(decode(header)),
    payload: parseObject(decode(payload)),
    signed: `${header}.${payload}`,
    signature: decode(signature),
  };
}

/**
 * Checks the signature in the thread pool, like signing.
 *
 * @param dsaEncoding `der`, or `ieee-p1363` for the two numbers one after the other (RFC 7518, section 3.4)
 */
export function isSignedBy(
  key: KeyObject,
  dsaEncoding: 'der' | 'ieee-p1363',
  { signed, signature }: TokenParts,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(tokenDigest, Buffer.from(signed), { key, dsaEncoding }, signature, (error, right) => {
      if (error) reject(error);
      else resolve(right);
    });
  });
}

/** Node's decoder is lenient; a token has one spelling only. */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw malformed();
  return bytes;
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  if (!isUtf8(bytes)) throw malformed();
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // What the parser says would repeat a piece of the token.
    throw malformed();
  }
  return readObject(value);
}
