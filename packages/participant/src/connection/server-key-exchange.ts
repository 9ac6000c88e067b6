import { verify, X509Certificate } from 'node:crypto';

/*
 * RFC 8422 §5.4
 *
 *  curve type (8) | curve (16) | key length (8) | key | hash (8) | signature algorithm (8) | signature length (16) | signature
 */

const KEY_OFFSET = 4;
const SHA_256 = 4;

/**
 * Whether the key that a server exchanges is signed by its certificate. The certificate alone proves nothing: it is sent in
 * clear.
 *
 * @param randoms the client's and the server's, as both have sent them
 * @param certificate DER
 */
export function isSignedBy(
  certificate: Buffer,
  randoms: readonly [client: Buffer, server: Buffer],
  message: Buffer,
): boolean {
  const keyEnd = KEY_OFFSET + (message[3] ?? 0);
  const signature = message.subarray(keyEnd + 4);
  if (message[keyEnd] !== SHA_256 || signature.length === 0) return false;
  if (message.readUInt16BE(keyEnd + 2) !== signature.length) return false;
  const signed = Buffer.concat([...randoms, message.subarray(0, keyEnd)]);
  return verify('sha256', signed, new X509Certificate(certificate).publicKey, signature);
}
