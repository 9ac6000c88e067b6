import type { Static } from 'typebox';
import { float, integer, structure } from '../schema.ts';
import { EncoderConfigurationArn } from './arn.ts';
import { EncoderConfigurationName } from './name.ts';
import { Tags } from './tags.ts';

export const Video = structure(
  {},
  {
    /** Even, in pixels; default 1280. */
    width: integer({ min: 2, max: 1920 }),
    /** Even, in pixels; default 720. */
    height: integer({ min: 2, max: 1920 }),
    /** Frames per second; default 30. */
    framerate: float({ min: 1, max: 60 }),
    /** Bits per second; default 2,500,000. */
    bitrate: integer({ min: 1, max: 8_500_000 }),
  },
);
export type Video = Static<typeof Video>;

export const EncoderConfiguration = structure(
  { arn: EncoderConfigurationArn },
  { name: EncoderConfigurationName, video: Video, tags: Tags },
);
export type EncoderConfiguration = Static<typeof EncoderConfiguration>;

export const EncoderConfigurationSummary = structure(
  { arn: EncoderConfigurationArn },
  { name: EncoderConfigurationName, tags: Tags },
);
export type EncoderConfigurationSummary = Static<typeof EncoderConfigurationSummary>;
