import { example, name, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const { storageConfigurationArn: arn } = example;
const storageConfiguration = { arn, name: 'archive', s3: { bucketName: 'show-archive' }, tags: {} };

export const storageConfigurations: ResourceDescription = {
  page: 'storage-configurations',
  title: 'Storage configurations',
  about: 'A storage configuration names the bucket for recordings. Many stages and compositions can use the same one.',
  operations: [
    describeOperation('CreateStorageConfiguration', {
      summary: 'Makes a storage configuration.',
      request: { s3: 'The bucket.', name, tags },
      response: { storageConfiguration: 'The new configuration.' },
      example: {
        request: { name: 'archive', s3: { bucketName: 'show-archive' } },
        response: { storageConfiguration },
      },
    }),
    describeOperation('GetStorageConfiguration', {
      summary: 'Shows a storage configuration.',
      request: { arn: 'The configuration.' },
      response: { storageConfiguration: 'The configuration.' },
      example: { request: { arn }, response: { storageConfiguration } },
    }),
    describeOperation('ListStorageConfigurations', {
      summary: 'Lists the storage configurations of the account in the region, the newest first.',
      request: page,
      response: { storageConfigurations: 'A page of configurations.', nextToken: shownNextToken },
      example: { request: {}, response: { storageConfigurations: [storageConfiguration] } },
    }),
    describeOperation('DeleteStorageConfiguration', {
      summary: 'Deletes a storage configuration. The bucket and what is in it stay.',
      notes: ['One that a stage or a running composition uses is a `ConflictException`.'],
      request: { arn: 'The configuration.' },
      response: {},
      example: { request: { arn }, response: {} },
    }),
  ],
};
