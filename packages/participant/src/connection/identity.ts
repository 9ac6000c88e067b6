import { randomBytes, X509Certificate } from 'node:crypto';
import { CipherContext, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from '#werift';

/** By what a client is known in the DTLS handshake. One will do for any number of clients. */
export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, as it stands in a session description. */
  readonly fingerprint: string;
}

export const SIGNATURE = { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 } as const;

export async function createIdentity(): Promise<Identity> {
  const curve = NamedCurveAlgorithm.secp256r1_23;
  const { certPem, keyPem } = await CipherContext.createSelfSignedCertificateWithKey(SIGNATURE, curve);
  return { certificatePem: certPem, keyPem, fingerprint: new X509Certificate(certPem).fingerprint256 };
}

/** ICE's user name and password of one side (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

export function createIceCredentials(): IceCredentials {
  // The characters of Base64 are those that ICE allows.
  return { usernameFragment: randomBytes(6).toString('base64'), password: randomBytes(18).toString('base64') };
}
