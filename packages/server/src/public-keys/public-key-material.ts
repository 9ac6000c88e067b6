import { createPublicKey, type KeyObject } from 'node:crypto';
import { ValidationException } from '@proscenium/model';

/** A PEM text holds 215 characters of key; the rest is for comments around it. */
const maximumMaterialLength = 8_192;

/**
 * How the SubjectPublicKeyInfo of every P-384 key begins: an EC key (1.2.840.10045.2.1) on the named curve secp384r1
 * (1.3.132.0.34), as an uncompressed point (RFC 5480, section 2). The 96 bytes of the point follow.
 */
const spkiBeginning = Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex');
const spkiBytes = 120;

/**
 * Reads the one key of a PEM text.
 *
 * @returns its SubjectPublicKeyInfo in DER
 * @throws ValidationException for everything but a public key on the curve P-384
 */
export function readPublicKeyMaterial(material: string): Buffer {
  if (material.length > maximumMaterialLength) {
    throw new ValidationException(`The public key material must not exceed ${maximumMaterialLength} characters`);
  }
  // Whoever may read the public key would be shown it.
  if (material.includes('PRIVATE KEY-----')) {
    throw new ValidationException('The public key material contains a private key');
  }
  const [body, ...others] = Array.from(
    material.matchAll(/-----BEGIN PUBLIC KEY-----([a-zA-Z0-9+/=\s]+)-----END PUBLIC KEY-----/g),
    ([, base64 = '']) => base64.replaceAll(/\s/g, ''),
  );
  if (body === undefined || others.length > 0) {
    throw new ValidationException('The public key material must contain one public key');
  }
  const spki = Buffer.from(body, 'base64');
  // Node's decoder is lenient; the equals signs may not be.
  if (spki.toString('base64') !== body || !isP384(spki)) {
    throw new ValidationException('The public key must be an ECDSA key on the curve P-384 (secp384r1)');
  }
  return spki;
}

/** The key of a SubjectPublicKeyInfo in DER. @throws when it is none, or its point is not on the curve */
export function importPublicKey(spki: Buffer): KeyObject {
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

function isP384(spki: Buffer): boolean {
  if (spki.length !== spkiBytes || !spki.subarray(0, spkiBeginning.length).equals(spkiBeginning)) return false;
  try {
    importPublicKey(spki);
    return true;
  } catch {
    // With these first bytes it can only be the point, which is not on the curve.
    return false;
  }
}
