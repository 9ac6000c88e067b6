import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { PublicKeyArn } from '../shapes/arn.ts';
import { PublicKeyName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { PublicKey, PublicKeyMaterial, PublicKeySummary } from '../shapes/public-key.ts';
import { Tags } from '../shapes/tags.ts';
import { changeErrors } from './change-errors.ts';

export const ImportPublicKey = operation('ImportPublicKey', {
  since: '2024-06-26',
  request: structure({ publicKeyMaterial: PublicKeyMaterial }, { name: PublicKeyName, tags: Tags }),
  response: structure({}, { publicKey: PublicKey }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ConflictException',
  ],
});

export const GetPublicKey = operation('GetPublicKey', {
  since: '2024-06-26',
  request: structure({ arn: PublicKeyArn }),
  response: structure({}, { publicKey: PublicKey }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const ListPublicKeys = operation('ListPublicKeys', {
  since: '2024-06-26',
  request: structure({}, pageRequest(100)),
  response: structure({ publicKeys: list(PublicKeySummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'publicKeys', maximum: 100, default: 50 },
});

export const DeletePublicKey = operation('DeletePublicKey', {
  since: '2024-06-26',
  request: structure({ arn: PublicKeyArn }),
  response: structure({}),
  errors: changeErrors,
});
