import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';

/** A storage configuration as the store keeps it. */
export type StorageConfigurationRecord = ResourceRecord & { bucketName: string };

export const storageConfigurations = resourceTable<'storage_configurations', StorageConfigurationRecord>(
  'storage_configurations',
  {
    resourceType: 'storage-configuration',
    title: 'Storage configuration',
    plural: 'storage configurations',
    toColumns: ({ bucketName }) => ({ bucket_name: bucketName }),
    fromRow: ({ bucket_name }) => ({ bucketName: bucket_name }),
  },
);
