import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { ChannelArn } from '../shapes/arn.ts';
import { BatchError } from '../shapes/batch-error.ts';
import { Channel, ChannelArnList, ChannelSummary, channelSettings } from '../shapes/channel.ts';
import { ChannelStreamKey } from '../shapes/channel-stream-key.ts';
import { headerMembers } from '../shapes/headers.ts';
import { ChannelName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';
import { changeErrors } from './change-errors.ts';

const service = 'ivs';

const { name, latencyMode, type, authorized, recordingConfigurationArn, ...laterSettings } = channelSettings;
const firstSettings = { name, latencyMode, type, authorized, recordingConfigurationArn };

export const CreateChannel = operation('CreateChannel', {
  service,
  since: '2020-07-14',
  request: structure({}, { ...firstSettings, tags: Tags, ...laterSettings }),
  response: structure({}, { channel: Channel, streamKey: ChannelStreamKey }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ResourceNotFoundException',
  ],
});

export const GetChannel = operation('GetChannel', {
  service,
  since: '2020-07-14',
  request: structure({ arn: ChannelArn }),
  response: structure({}, { channel: Channel }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const BatchGetChannel = operation('BatchGetChannel', {
  service,
  since: '2020-07-14',
  request: structure({ arns: ChannelArnList }),
  response: structure({}, { ...headerMembers, channels: list(Channel), errors: list(BatchError) }),
  errors: ['ValidationException', 'AccessDeniedException'],
});

export const ListChannels = operation('ListChannels', {
  service,
  since: '2020-07-14',
  request: structure(
    {},
    {
      filterByName: ChannelName,
      filterByRecordingConfigurationArn: channelSettings.recordingConfigurationArn,
      filterByPlaybackRestrictionPolicyArn: channelSettings.playbackRestrictionPolicyArn,
      filterByAdConfigurationArn: channelSettings.adConfigurationArn,
      ...pageRequest(100),
    },
  ),
  response: structure({ channels: list(ChannelSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException', 'ConflictException'],
  pagination: { items: 'channels', maximum: 100, default: 100 },
});

export const UpdateChannel = operation('UpdateChannel', {
  service,
  since: '2020-07-14',
  request: structure({ arn: ChannelArn }, channelSettings),
  response: structure({}, { channel: Channel }),
  errors: changeErrors,
});

export const DeleteChannel = operation('DeleteChannel', {
  service,
  status: 204,
  since: '2020-07-14',
  request: structure({ arn: ChannelArn }),
  response: structure({}),
  errors: changeErrors,
});
