import { example, name, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const settings = {
  name: 'friday-channel',
  latencyMode: 'LOW' as const,
  authorized: false,
  recordingConfigurationArn: '',
  tags: {},
  insecureIngest: false,
  type: 'STANDARD' as const,
  playbackRestrictionPolicyArn: '',
  adConfigurationArn: '',
};
const channel = {
  ...settings,
  arn: example.channelArn,
  ingestEndpoint: 'stages.example.com:1936',
  playbackUrl: 'https://stages.example.com/channels/OnA1r0000001/multivariant.m3u8',
  multitrackInputConfiguration: { enabled: false },
  containerFormat: 'FRAGMENTED_MP4' as const,
};
const streamKey = {
  arn: example.streamKeyArn,
  value: 'sk_us-west-2_OnA1r0000001_ExampleExampleExampleExample00',
  channelArn: example.channelArn,
  tags: {},
};

const notHere = (what: string) => `Left out or \`""\`: ${what}. Anything else is a \`ValidationException\`.`;
const kept = 'Kept and shown, and nothing more';

const requested = {
  latencyMode: { meaning: `${kept}: players are as far behind in both modes.`, default: '`LOW`' },
  type: { meaning: `${kept}: there is one rendition, as the encoder sends it.`, default: '`STANDARD`' },
  authorized: {
    meaning: '`true` is a `ValidationException`: there are no playback keys.',
    default: '`false`',
  },
  recordingConfigurationArn: notHere('channels are not recorded'),
  insecureIngest: {
    meaning: 'Whether the stream key may be used over RTMP, which is not encrypted.',
    default: '`false`',
  },
  preset: {
    meaning: `For an advanced type, and a \`ValidationException\` for others. ${kept}.`,
    default: '`HIGHER_BANDWIDTH_DELIVERY` of an advanced type',
  },
  playbackRestrictionPolicyArn: notHere('playback is not restricted'),
  multitrackInputConfiguration: 'With `enabled` it is a `ValidationException`: one rendition is taken.',
  containerFormat: `Segments are fragmented MP4, whatever is asked for.`,
  adConfigurationArn: notHere('there are no advertisements'),
};

export const channels: ResourceDescription = {
  page: 'channels',
  title: 'Channels',
  about:
    'A channel is a place that one stream at a time goes to, an encoder’s or a composition’s, and that any number of people watch by ' +
    'HLS. The operations are those of the low-latency API of Amazon IVS (`aws ivs`).',
  operations: [
    describeOperation('CreateChannel', {
      summary: 'Makes a channel and its stream key.',
      request: { name, ...requested, tags: { ...tags, meaning: 'Tags for the channel and its stream key.' } },
      response: { channel: 'The new channel.', streamKey: 'Its stream key, with the secret.' },
      example: { request: { name: 'friday-channel' }, response: { channel, streamKey } },
    }),
    describeOperation('GetChannel', {
      summary: 'Shows a channel.',
      request: { arn: 'The channel.' },
      response: { channel: 'The channel.' },
      example: { request: { arn: example.channelArn }, response: { channel } },
    }),
    describeOperation('BatchGetChannel', {
      summary: 'Shows several channels.',
      request: { arns: 'The channels.' },
      response: {
        channels: 'Those that there are.',
        errors: 'For each that there is not, why.',
      },
      example: {
        request: { arns: [example.channelArn, example.otherChannelArn] },
        response: {
          channels: [channel],
          errors: [{ arn: example.otherChannelArn, code: 'ResourceNotFoundException', message: 'Channel not found' }],
        },
      },
    }),
    describeOperation('ListChannels', {
      summary: 'Lists the channels of the account in the region, the newest first.',
      notes: ['One filter at most: several are a `ValidationException`.'],
      request: {
        filterByName: 'Only those with this label.',
        filterByRecordingConfigurationArn: 'Only those with this recording configuration: none, or with `""` all.',
        filterByPlaybackRestrictionPolicyArn: 'Only those with this policy: none, or with `""` all.',
        filterByAdConfigurationArn: 'Only those with these advertisements: none, or with `""` all.',
        ...page,
      },
      response: { channels: 'A page of channels, in short.', nextToken: shownNextToken },
      example: { request: {}, response: { channels: [{ ...settings, arn: example.channelArn }] } },
    }),
    describeOperation('UpdateChannel', {
      summary: 'Changes a channel.',
      notes: ['What is left out stays as it is. While something is live on it, any change is a `ConflictException`.'],
      request: { arn: 'The channel.', name: 'The new label.', ...requested },
      response: { channel: 'The channel as it is now.' },
      example: {
        request: { arn: example.channelArn, name: 'saturday-channel' },
        response: { channel: { ...channel, name: 'saturday-channel' } },
      },
    }),
    describeOperation('DeleteChannel', {
      summary: 'Deletes a channel and its stream keys.',
      notes: ['While something is live on it, it is a `ConflictException`: `StopStream` ends an encoder’s stream.'],
      request: { arn: 'The channel.' },
      response: {},
      example: { request: { arn: example.channelArn }, response: {} },
    }),
  ],
};
