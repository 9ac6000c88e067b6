import { string } from '../schema.ts';

const label = string({ max: 128, pattern: '[a-zA-Z0-9-_]*' });

export const StageName = label;
export const PublicKeyName = label;
export const IngestConfigurationName = label;
export const EncoderConfigurationName = label;
export const StorageConfigurationName = label;
export const ChannelName = label;
export const DestinationConfigurationName = label;
