import type { Static } from 'typebox';
import { string, structure } from '../schema.ts';
import { StorageConfigurationArn } from './arn.ts';
import { StorageConfigurationName } from './name.ts';
import { Tags } from './tags.ts';

export const S3StorageConfiguration = structure({ bucketName: string({ min: 3, max: 63, pattern: '[a-z0-9-.]+' }) });
export type S3StorageConfiguration = Static<typeof S3StorageConfiguration>;

export const StorageConfiguration = structure(
  { arn: StorageConfigurationArn },
  { name: StorageConfigurationName, s3: S3StorageConfiguration, tags: Tags },
);
export type StorageConfiguration = Static<typeof StorageConfiguration>;

export const StorageConfigurationSummary = structure(
  { arn: StorageConfigurationArn },
  { name: StorageConfigurationName, s3: S3StorageConfiguration, tags: Tags },
);
export type StorageConfigurationSummary = Static<typeof StorageConfigurationSummary>;
