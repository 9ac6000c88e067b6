import { type KeyObject, sign } from 'node:crypto';

/** Signs as a customer's own server does: ECDSA over P-384 and SHA-384, the two numbers one after the other. */
export function signToken(header: unknown, payload: unknown, privateKey: KeyObject): string {
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha384', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** The header of a token that the key with this ARN verifies. */
export function selfSignedHeader(kid: string) {
  return { alg: 'ES384', typ: 'JWT', kid };
}
