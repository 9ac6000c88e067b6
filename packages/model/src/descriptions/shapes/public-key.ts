import { PublicKey, PublicKeySummary } from '../../shapes/public-key.ts';
import { shownName, shownTags } from '../common.ts';
import { describeStructure } from '../describe.ts';

export const publicKeyStructures = [
  describeStructure('PublicKey', PublicKey, 'A public key that signed tokens are checked with.', {
    arn: 'Its ARN: what tokens name as their `kid`.',
    name: shownName,
    publicKeyMaterial: 'The key as it was imported.',
    fingerprint: 'A digest by which the key can be told from others.',
    tags: shownTags,
  }),
  describeStructure('PublicKeySummary', PublicKeySummary, 'A public key in short.', {
    arn: 'Its ARN.',
    name: shownName,
    tags: shownTags,
  }),
];
