import type { Static } from 'typebox';
import { string, structure } from '../schema.ts';
import { PublicKeyArn } from './arn.ts';
import { PublicKeyName } from './name.ts';
import { Tags } from './tags.ts';

/**
 * PEM text, with anything before and after it. The published pattern's dots mean any character, line ends too. Not to be
 * repeated: what somebody takes for his public key may be the private one.
 */
export const PublicKeyMaterial = string({
  pattern:
    '[\\s\\S]*-----BEGIN PUBLIC KEY-----\\r?\\n([a-zA-Z0-9+/=\\r\\n]+)\\r?\\n-----END PUBLIC KEY-----(\\r?\\n)?[\\s\\S]*',
  sensitive: true,
});

export const PublicKeyFingerprint = string();

export const PublicKey = structure(
  {},
  {
    arn: PublicKeyArn,
    name: PublicKeyName,
    publicKeyMaterial: PublicKeyMaterial,
    fingerprint: PublicKeyFingerprint,
    tags: Tags,
  },
);
export type PublicKey = Static<typeof PublicKey>;

export const PublicKeySummary = structure({}, { arn: PublicKeyArn, name: PublicKeyName, tags: Tags });
export type PublicKeySummary = Static<typeof PublicKeySummary>;
