import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** Where a certificate with its chain and its private key are, each as PEM. */
export type KeyPairFiles = { readonly certFile: string; readonly keyFile: string };

/** What those files hold. */
export type KeyPair = { readonly cert: string; readonly key: string };

export async function readKeyPair({ certFile, keyFile }: KeyPairFiles): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}

/** @throws when a server cannot use the pair. The message repeats nothing of it */
export function checkKeyPair(pair: KeyPair): void {
  const certificate = parseCertificate(pair);
  if (!certificate.checkPrivateKey(parseKey(pair))) throw new Error('the private key is not that of the certificate');
  // The rest of the chain, and what OpenSSL holds too weak.
  createSecureContext(pair);
}

/** The server's own certificate: the first one. @throws when there is none */
export function parseCertificate({ cert }: KeyPair): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (cause) {
    throw new Error('there is no certificate in PEM form', { cause });
  }
}

export function isSamePair(one: KeyPair, other: KeyPair): boolean {
  return one.cert === other.cert && one.key === other.key;
}

function parseKey({ key }: KeyPair): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (cause) {
    throw new Error('there is no private key in PEM form, without a passphrase', { cause });
  }
}
