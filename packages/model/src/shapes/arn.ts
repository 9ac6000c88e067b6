import { string } from '../schema.ts';

const arn = (resourceType: string) => `arn:aws:ivs:[a-z0-9-]+:[0-9]+:${resourceType}/[a-zA-Z0-9-]+`;
const arnOf = (resourceType: string) => string({ min: 1, max: 128, pattern: arn(resourceType) });
const arnOrEmpty = (resourceType: string) => string({ max: 128, pattern: `^$|^${arn(resourceType)}$` });

export const StageArn = arnOf('stage');
export const CompositionArn = arnOf('composition');
export const EncoderConfigurationArn = arnOf('encoder-configuration');
export const StorageConfigurationArn = arnOf('storage-configuration');
export const IngestConfigurationArn = arnOf('ingest-configuration');
export const PublicKeyArn = arnOf('public-key');
/** A channel of the low-latency API. */
export const ChannelArn = arnOf('channel');
export const StreamKeyArn = arnOf('stream-key');

/** The empty string stands for "no stage". */
export const IngestConfigurationStageArn = arnOrEmpty('stage');
/** The empty string stands for "recording off". */
export const AutoParticipantRecordingStorageConfigurationArn = arnOrEmpty('storage-configuration');
/** Of the low-latency API; the empty string stands for "none". */
export const ChannelRecordingConfigurationArn = arnOrEmpty('recording-configuration');
export const ChannelPlaybackRestrictionPolicyArn = arnOrEmpty('playback-restriction-policy');
export const ChannelAdConfigurationArn = arnOrEmpty('ad-configuration');

/** Any taggable resource. The published pattern allows only one letter for the type and so matches no ARN at all. */
export const ResourceArn = arnOf('[a-z-]+');
