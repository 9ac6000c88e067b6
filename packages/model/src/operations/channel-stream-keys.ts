import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { ChannelArn, StreamKeyArn } from '../shapes/arn.ts';
import { BatchError } from '../shapes/batch-error.ts';
import { ChannelStreamKey, ChannelStreamKeySummary, StreamKeyArnList } from '../shapes/channel-stream-key.ts';
import { headerMembers } from '../shapes/headers.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';

const service = 'ivs';

export const CreateStreamKey = operation('CreateStreamKey', {
  service,
  since: '2020-07-14',
  request: structure({ channelArn: ChannelArn }, { tags: Tags }),
  response: structure({}, { streamKey: ChannelStreamKey }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ResourceNotFoundException',
  ],
});

export const GetStreamKey = operation('GetStreamKey', {
  service,
  since: '2020-07-14',
  request: structure({ arn: StreamKeyArn }),
  response: structure({}, { streamKey: ChannelStreamKey }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const BatchGetStreamKey = operation('BatchGetStreamKey', {
  service,
  since: '2020-07-14',
  request: structure({ arns: StreamKeyArnList }),
  response: structure({}, { ...headerMembers, streamKeys: list(ChannelStreamKey), errors: list(BatchError) }),
  errors: ['ValidationException', 'AccessDeniedException'],
});

export const ListStreamKeys = operation('ListStreamKeys', {
  service,
  since: '2020-07-14',
  request: structure({ channelArn: ChannelArn }, pageRequest(50)),
  response: structure({ streamKeys: list(ChannelStreamKeySummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
  pagination: { items: 'streamKeys', maximum: 50, default: 50 },
});

export const DeleteStreamKey = operation('DeleteStreamKey', {
  service,
  status: 204,
  since: '2020-07-14',
  request: structure({ arn: StreamKeyArn }),
  response: structure({}),
  errors: ['ValidationException', 'AccessDeniedException', 'PendingVerification', 'ResourceNotFoundException'],
});
