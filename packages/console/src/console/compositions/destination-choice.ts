import type { DestinationConfiguration } from '@proscenium/model';
import { arnOf, type ServerFacts } from '../api/api.ts';
import { noThumbnails, type ThumbnailChoice, thumbnailsOf } from '../recordings/thumbnail-choice.ts';

/** What people choose of where a composition goes. */
export interface DestinationChoice {
  readonly toChannel: boolean;
  /** A name, or a whole ARN. */
  readonly channel: string;
  readonly channelEncoderArn: string;
  readonly storageArn: string;
  readonly recordingEncoderArn: string;
  /** Undefined: the service's default. */
  readonly segmentSeconds: number | undefined;
  readonly thumbnails: ThumbnailChoice;
}

export function usualDestinations({ channels }: Pick<ServerFacts, 'channels'>): DestinationChoice {
  return {
    toChannel: channels?.length !== 0,
    channel: channels?.[0]?.arn ?? 'main',
    channelEncoderArn: '',
    storageArn: '',
    recordingEncoderArn: '',
    segmentSeconds: undefined,
    thumbnails: noThumbnails,
  };
}

/** What the call is given. */
export function destinationsOf(choice: DestinationChoice, facts: ServerFacts): DestinationConfiguration[] {
  const { toChannel, channel, channelEncoderArn, storageArn, recordingEncoderArn, segmentSeconds } = choice;
  const channelArn = channel.startsWith('arn:') ? channel : arnOf(facts, 'channel', channel);
  const thumbnails = thumbnailsOf(choice.thumbnails);
  const recording: DestinationConfiguration = {
    s3: {
      storageConfigurationArn: storageArn,
      encoderConfigurationArns: recordingEncoderArn ? [recordingEncoderArn] : [],
      recordingConfiguration: {
        format: 'HLS',
        ...(segmentSeconds !== undefined && { hlsConfiguration: { targetSegmentDurationSeconds: segmentSeconds } }),
      },
      ...(thumbnails && { thumbnailConfigurations: [thumbnails] }),
    },
  };
  return [
    ...(toChannel
      ? [{ channel: { channelArn, ...(channelEncoderArn && { encoderConfigurationArn: channelEncoderArn }) } }]
      : []),
    ...(storageArn ? [recording] : []),
  ];
}
