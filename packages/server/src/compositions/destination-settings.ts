import {
  type ChannelDestinationConfiguration,
  type CompositionThumbnailConfiguration,
  type DestinationConfiguration,
  type S3DestinationConfiguration,
  ValidationException,
} from '@proscenium/model';

/** Where one output goes, every member filled. */
export type DestinationSettings = { name: string } & (
  | { channel: ChannelDestinationConfiguration; s3?: undefined }
  | { s3: RecordingSettings; channel?: undefined }
);

export type RecordingSettings = {
  storageConfigurationArn: string;
  /** Exactly one. */
  encoderConfigurationArns: string[];
  recordingConfiguration: { format: 'HLS'; hlsConfiguration: { targetSegmentDurationSeconds: number } };
  /** One; without it there are no thumbnails. */
  thumbnailConfigurations?: ThumbnailSettings[];
};

export type ThumbnailSettings = Required<CompositionThumbnailConfiguration>;

const defaultThumbnails: ThumbnailSettings = { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] };

/**
 * Fills what was left out, an empty list too, with the defaults.
 *
 * @throws ValidationException unless each is either a channel or S3, and none like another
 */
export function fillDestinationSettings(wished: readonly DestinationConfiguration[]): DestinationSettings[] {
  const destinations = wished.map(fillOne);
  for (const kind of ['channel', 's3'] as const) {
    if (destinations.filter((destination) => destination[kind]).length > 1) {
      throw new ValidationException(`A composition can have only one destination with ${kind}`);
    }
  }
  return destinations;
}

function fillOne({ name = '', channel, s3 }: DestinationConfiguration): DestinationSettings {
  if (channel !== undefined && s3 === undefined) return { name, channel };
  if (s3 !== undefined && channel === undefined) return { name, s3: fillRecording(s3) };
  throw new ValidationException('A destination must have exactly one of channel and s3');
}

function fillRecording({
  storageConfigurationArn,
  encoderConfigurationArns,
  recordingConfiguration: { format = 'HLS', hlsConfiguration } = {},
  thumbnailConfigurations = [],
}: S3DestinationConfiguration): RecordingSettings {
  return {
    storageConfigurationArn,
    encoderConfigurationArns,
    recordingConfiguration: { format, hlsConfiguration: { targetSegmentDurationSeconds: 2, ...hlsConfiguration } },
    ...(thumbnailConfigurations.length > 0 && { thumbnailConfigurations: thumbnailConfigurations.map(fillThumbnails) }),
  };
}

function fillThumbnails({ storage, ...rest }: CompositionThumbnailConfiguration): ThumbnailSettings {
  const kinds = [...new Set(storage)];
  return { ...defaultThumbnails, ...rest, ...(kinds.length > 0 && { storage: kinds }) };
}
