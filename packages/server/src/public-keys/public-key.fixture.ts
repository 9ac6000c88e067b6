import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** As `openssl ec -pubout` writes it. */
export const publicKeyMaterial = `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE3aFUUoomamEFr+iN83hEQyototlN5mMz
w4mPMfmJtKMRfZ8XBWpLLDFsL9GItLXxBsJ7vkgRFMrR69OM6ZLcGpz5pqkKycI3
cLO03gMmB6GdUC1p5Qp4XX4HN7zwSnSM
-----END PUBLIC KEY-----
`;

/** As `openssl pkey -pubin -outform DER | openssl dgst -md5 -c` tells it. */
export const fingerprint = '60:79:58:2c:8c:07:d4:9b:c2:3d:ec:2c:0f:98:d4:9b';

/** A key that nobody has had before. */
export function newPublicKeyMaterial(): string {
  return toMaterial(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
}

export function toMaterial(publicKey: KeyObject): string {
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

/** PEM of any bytes. */
export function pemOf(spki: Uint8Array): string {
  const lines =
    Buffer.from(spki)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
