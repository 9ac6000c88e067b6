import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { StorageConfigurationArn } from '../shapes/arn.ts';
import { StorageConfigurationName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import {
  S3StorageConfiguration,
  StorageConfiguration,
  StorageConfigurationSummary,
} from '../shapes/storage-configuration.ts';
import { Tags } from '../shapes/tags.ts';
import { createErrors, existingErrors, listErrors } from './composition-errors.ts';

export const CreateStorageConfiguration = operation('CreateStorageConfiguration', {
  since: '2023-11-16',
  request: structure({ s3: S3StorageConfiguration }, { name: StorageConfigurationName, tags: Tags }, ['name']),
  response: structure({}, { storageConfiguration: StorageConfiguration }),
  errors: createErrors,
});

export const GetStorageConfiguration = operation('GetStorageConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: StorageConfigurationArn }),
  response: structure({}, { storageConfiguration: StorageConfiguration }),
  errors: existingErrors,
});

export const ListStorageConfigurations = operation('ListStorageConfigurations', {
  since: '2023-11-16',
  request: structure({}, pageRequest(100)),
  response: structure({ storageConfigurations: list(StorageConfigurationSummary) }, pageResponse),
  errors: listErrors,
  // The real default is the smaller of this and the account's quota, so it shows everything there is.
  pagination: { items: 'storageConfigurations', maximum: 100, default: 100 },
});

export const DeleteStorageConfiguration = operation('DeleteStorageConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: StorageConfigurationArn }),
  response: structure({}),
  errors: existingErrors,
});
