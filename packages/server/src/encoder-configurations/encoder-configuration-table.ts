import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { VideoSettings } from './video-settings.ts';

/** An encoder configuration as the store keeps it. */
export type EncoderConfigurationRecord = ResourceRecord & { video: VideoSettings };

export const encoderConfigurations = resourceTable<'encoder_configurations', EncoderConfigurationRecord>(
  'encoder_configurations',
  {
    resourceType: 'encoder-configuration',
    title: 'Encoder configuration',
    plural: 'encoder configurations',
    toColumns: ({ video }) => ({ video_json: JSON.stringify(video) }),
    fromRow: ({ video_json }) => ({ video: JSON.parse(video_json) }),
  },
);
