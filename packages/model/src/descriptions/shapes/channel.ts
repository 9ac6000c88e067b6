import { BatchError } from '../../shapes/batch-error.ts';
import {
  Channel,
  ChannelLatencyMode,
  ChannelSummary,
  ChannelType,
  ContainerFormat,
  MultitrackInputConfiguration,
  MultitrackMaximumResolution,
  MultitrackPolicy,
  Srt,
  TranscodePreset,
} from '../../shapes/channel.ts';
import { ChannelStreamKey, ChannelStreamKeySummary } from '../../shapes/channel-stream-key.ts';
import { shownName, shownTags } from '../common.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const kept = 'As it was set. It is kept and shown, and changes nothing here';

const summary = {
  arn: 'Its ARN.',
  name: shownName,
  latencyMode: `${kept}: players are as far behind in both modes.`,
  authorized: 'Always `false`: whoever reaches the server can watch.',
  recordingConfigurationArn: 'Always `""`: channels are not recorded.',
  tags: shownTags,
  insecureIngest: 'Whether its stream key may be used over RTMP, which is not encrypted.',
  type: `${kept}: what comes is passed on as it is, in one rendition.`,
  preset: 'As it was set, for an advanced type; left out otherwise.',
  playbackRestrictionPolicyArn: 'Always `""`: playback is not restricted.',
  adConfigurationArn: 'Always `""`: there are no advertisements.',
};

const streamKey = {
  arn: 'Its ARN.',
  channelArn: 'The channel that it opens.',
  tags: shownTags,
};

export const channelStructures = [
  describeStructure(
    'Channel',
    Channel,
    'A place that one stream at a time goes to, for any number of people to watch.',
    {
      ...summary,
      ingestEndpoint:
        'Host and port that encoders publish to, without a scheme: `rtmps://`, this, `/app/`. With a server that takes no RTMPS it is ' +
        'its RTMP port, and `""` where it takes neither.',
      playbackUrl: 'Address of the HLS playlist that players open.',
      srt: 'Left out: SRT is not taken.',
      multitrackInputConfiguration: 'As it was set; `enabled` is always `false`.',
      containerFormat: 'Always `FRAGMENTED_MP4`.',
    },
  ),
  describeStructure('ChannelSummary', ChannelSummary, 'A channel in short.', summary),
  describeStructure(
    'MultitrackInputConfiguration',
    MultitrackInputConfiguration,
    'Whether an encoder may send several renditions of the same.',
    {
      enabled: 'Whether it may. Here it may not.',
      policy: 'Whether it may, or has to.',
      maximumResolution: 'The largest picture that it may send.',
    },
  ),
  describeStructure('Srt', Srt, 'Where encoders publish by SRT.', {
    endpoint: 'The address.',
    passphrase: 'The secret that packets are encrypted with.',
  }),
  describeStructure('ChannelStreamKey', ChannelStreamKey, 'What an encoder publishes to a channel with.', {
    ...streamKey,
    value: 'The secret key for the encoder.',
  }),
  describeStructure('ChannelStreamKeySummary', ChannelStreamKeySummary, 'A stream key without its secret.', streamKey),
  describeStructure('BatchError', BatchError, 'Why one of several resources was not told of.', {
    arn: 'The resource that was asked for.',
    code: 'The name of the error.',
    message: 'What is wrong, for people.',
  }),
];

export const channelEnumerations = [
  describeEnumeration('ChannelLatencyMode', ChannelLatencyMode, 'How far behind players are to be.', {
    NORMAL: 'A while.',
    LOW: 'As little as possible.',
  }),
  describeEnumeration('ChannelType', ChannelType, 'What a channel makes of a stream at Amazon.', {
    BASIC: 'One rendition, as it comes.',
    STANDARD: 'Several renditions.',
    ADVANCED_SD: 'Several renditions, of standard definition at most.',
    ADVANCED_HD: 'Several renditions, of high definition at most.',
  }),
  describeEnumeration('TranscodePreset', TranscodePreset, 'Which renditions an advanced channel makes.', {
    HIGHER_BANDWIDTH_DELIVERY: 'Those of higher bitrates.',
    CONSTRAINED_BANDWIDTH_DELIVERY: 'Those of lower bitrates.',
  }),
  describeEnumeration('ContainerFormat', ContainerFormat, 'In which form segments are.', {
    TS: 'MPEG-2 transport stream.',
    FRAGMENTED_MP4: 'Fragmented MP4 (CMAF).',
  }),
  describeEnumeration('MultitrackPolicy', MultitrackPolicy, 'Whether several renditions may come, or have to.', {
    ALLOW: 'They may.',
    REQUIRE: 'They have to.',
  }),
  describeEnumeration('MultitrackMaximumResolution', MultitrackMaximumResolution, 'The largest picture of several.', {
    SD: '480 lines.',
    HD: '720 lines.',
    FULL_HD: '1,080 lines.',
  }),
];
