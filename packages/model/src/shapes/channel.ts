import type { Static } from 'typebox';
import { boolean, enumeration, list, string, structure } from '../schema.ts';
import {
  ChannelAdConfigurationArn,
  ChannelArn,
  ChannelPlaybackRestrictionPolicyArn,
  ChannelRecordingConfigurationArn,
} from './arn.ts';
import { ChannelName } from './name.ts';
import { Tags } from './tags.ts';

export const ChannelLatencyMode = enumeration('NORMAL', 'LOW');
export type ChannelLatencyMode = Static<typeof ChannelLatencyMode>;

export const ChannelType = enumeration('BASIC', 'STANDARD', 'ADVANCED_SD', 'ADVANCED_HD');
export type ChannelType = Static<typeof ChannelType>;

export const TranscodePreset = enumeration('HIGHER_BANDWIDTH_DELIVERY', 'CONSTRAINED_BANDWIDTH_DELIVERY');
export type TranscodePreset = Static<typeof TranscodePreset>;

export const ContainerFormat = enumeration('TS', 'FRAGMENTED_MP4');
export type ContainerFormat = Static<typeof ContainerFormat>;

export const MultitrackPolicy = enumeration('ALLOW', 'REQUIRE');
export type MultitrackPolicy = Static<typeof MultitrackPolicy>;

export const MultitrackMaximumResolution = enumeration('SD', 'HD', 'FULL_HD');
export type MultitrackMaximumResolution = Static<typeof MultitrackMaximumResolution>;

/** Whether encoders may send several renditions at once. */
export const MultitrackInputConfiguration = structure(
  {},
  { enabled: boolean(), policy: MultitrackPolicy, maximumResolution: MultitrackMaximumResolution },
);
export type MultitrackInputConfiguration = Static<typeof MultitrackInputConfiguration>;

/** Where encoders publish by SRT. */
export const Srt = structure({}, { endpoint: string(), passphrase: string({ sensitive: true }) });
export type Srt = Static<typeof Srt>;

/** What a request may set, and an answer shows, in the order of AWS. */
export const channelSettings = {
  name: ChannelName,
  latencyMode: ChannelLatencyMode,
  type: ChannelType,
  authorized: boolean(),
  recordingConfigurationArn: ChannelRecordingConfigurationArn,
  insecureIngest: boolean(),
  preset: TranscodePreset,
  playbackRestrictionPolicyArn: ChannelPlaybackRestrictionPolicyArn,
  multitrackInputConfiguration: MultitrackInputConfiguration,
  containerFormat: ContainerFormat,
  adConfigurationArn: ChannelAdConfigurationArn,
};

export const Channel = structure(
  {},
  {
    arn: ChannelArn,
    name: ChannelName,
    latencyMode: ChannelLatencyMode,
    type: ChannelType,
    recordingConfigurationArn: ChannelRecordingConfigurationArn,
    ingestEndpoint: string(),
    playbackUrl: string(),
    authorized: boolean(),
    tags: Tags,
    insecureIngest: boolean(),
    preset: TranscodePreset,
    srt: Srt,
    playbackRestrictionPolicyArn: ChannelPlaybackRestrictionPolicyArn,
    multitrackInputConfiguration: MultitrackInputConfiguration,
    containerFormat: ContainerFormat,
    adConfigurationArn: ChannelAdConfigurationArn,
  },
);
export type Channel = Static<typeof Channel>;

export const ChannelSummary = structure(
  {},
  {
    arn: ChannelArn,
    name: ChannelName,
    latencyMode: ChannelLatencyMode,
    authorized: boolean(),
    recordingConfigurationArn: ChannelRecordingConfigurationArn,
    tags: Tags,
    insecureIngest: boolean(),
    type: ChannelType,
    preset: TranscodePreset,
    playbackRestrictionPolicyArn: ChannelPlaybackRestrictionPolicyArn,
    adConfigurationArn: ChannelAdConfigurationArn,
  },
);
export type ChannelSummary = Static<typeof ChannelSummary>;

export const ChannelArnList = list(ChannelArn, { min: 1, max: 50 });
