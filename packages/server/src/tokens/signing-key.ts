import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { keepSecret } from '../store/secrets.ts';
import type { Store } from '../store/store.ts';

/** The key pair of the service's own tokens, on an elliptic curve. */
export type SigningKey = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const generateKeyPairAsync = promisify(generateKeyPair);

/**
 * The key that the store keeps, made at the first start. It is on the curve on which OpenSSL is fast; a key on P-384 that
 * an earlier version has made stays good.
 */
export async function loadSigningKey(store: Store): Promise<SigningKey> {
  const pem = await keepSecret(store, 'token-signing-key', async () => {
    const { privateKey } = await generateKeyPairAsync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    return privateKey;
  });
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
