import { EncoderConfiguration, EncoderConfigurationSummary, Video } from '../../shapes/encoder-configuration.ts';
import { shownName, shownTags } from '../common.ts';
import { describeStructure } from '../describe.ts';

export const encoderStructures = [
  describeStructure('EncoderConfiguration', EncoderConfiguration, 'What the picture of a composition looks like.', {
    arn: 'Its ARN.',
    name: shownName,
    video: 'Size, frame rate and bit rate, every setting.',
    tags: shownTags,
  }),
  describeStructure('EncoderConfigurationSummary', EncoderConfigurationSummary, 'An encoder configuration in short.', {
    arn: 'Its ARN.',
    name: shownName,
    tags: shownTags,
  }),
  describeStructure('Video', Video, 'Settings of a picture. Width times height is at most 2,073,600.', {
    width: { meaning: 'Pixels, an even number.', default: '1280' },
    height: { meaning: 'Pixels, an even number.', default: '720' },
    framerate: { meaning: 'Pictures in a second; may be a fraction.', default: '30' },
    bitrate: { meaning: 'Bits in a second.', default: '2500000' },
  }),
];
