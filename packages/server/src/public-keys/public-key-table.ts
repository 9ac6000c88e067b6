import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';

/** A public key as the store keeps it. */
export type PublicKeyRecord = ResourceRecord & {
  /** The PEM text as it was imported. */
  material: string;
  /** The SubjectPublicKeyInfo in DER, as Base64: one spelling for each key. */
  spki: string;
};

export const publicKeys = resourceTable<'public_keys', PublicKeyRecord>('public_keys', {
  resourceType: 'public-key',
  title: 'Public key',
  plural: 'public keys',
  toColumns: ({ material, spki }) => ({ material, spki }),
  fromRow: ({ material, spki }) => ({ material, spki }),
});
