import {
  S3StorageConfiguration,
  StorageConfiguration,
  StorageConfigurationSummary,
} from '../../shapes/storage-configuration.ts';
import { shownName, shownTags } from '../common.ts';
import { describeStructure } from '../describe.ts';

const members = { arn: 'Its ARN.', name: shownName, s3: 'The bucket.', tags: shownTags };

export const storageStructures = [
  describeStructure('StorageConfiguration', StorageConfiguration, 'Where recordings go.', members),
  describeStructure(
    'StorageConfigurationSummary',
    StorageConfigurationSummary,
    'A storage configuration in a list.',
    members,
  ),
  describeStructure('S3StorageConfiguration', S3StorageConfiguration, 'A bucket.', { bucketName: 'Its name.' }),
];
