import type { Static } from 'typebox';
import { boolean, enumeration, integer, string, structure } from '../schema.ts';

/** Name of a participant attribute. */
export const AttributeKey = string({ max: 128, pattern: '[a-zA-Z0-9-_]*' });

export const VideoAspectRatio = enumeration('AUTO', 'VIDEO', 'SQUARE', 'PORTRAIT');
export type VideoAspectRatio = Static<typeof VideoAspectRatio>;

export const VideoFillMode = enumeration('FILL', 'COVER', 'CONTAIN');
export type VideoFillMode = Static<typeof VideoFillMode>;

export const PipBehavior = enumeration('STATIC', 'DYNAMIC');
export type PipBehavior = Static<typeof PipBehavior>;

export const PipPosition = enumeration('TOP_LEFT', 'TOP_RIGHT', 'BOTTOM_LEFT', 'BOTTOM_RIGHT');
export type PipPosition = Static<typeof PipPosition>;

const participantOrderAttribute = AttributeKey;
const sharedMembers = {
  featuredParticipantAttribute: AttributeKey,
  omitStoppedVideo: boolean(),
  videoFillMode: VideoFillMode,
  /** Pixels between tiles. */
  gridGap: integer({ min: 0 }),
};

export const GridConfiguration = structure(
  {},
  { ...sharedMembers, participantOrderAttribute, videoAspectRatio: VideoAspectRatio },
  ['featuredParticipantAttribute', 'omitStoppedVideo', 'videoAspectRatio'],
);
export type GridConfiguration = Static<typeof GridConfiguration>;

export const PipConfiguration = structure(
  {},
  {
    ...sharedMembers,
    pipParticipantAttribute: AttributeKey,
    pipBehavior: PipBehavior,
    /** Pixels from the two nearest edges. */
    pipOffset: integer({ min: 0 }),
    pipPosition: PipPosition,
    /** Pixels; without it, derived from the picture. */
    pipWidth: integer({ min: 1 }),
    /** Pixels; without it, derived from the picture. */
    pipHeight: integer({ min: 1 }),
    participantOrderAttribute,
  },
);
export type PipConfiguration = Static<typeof PipConfiguration>;

/** At most one of the two; neither means the grid with its defaults. */
export const LayoutConfiguration = structure({}, { grid: GridConfiguration, pip: PipConfiguration });
export type LayoutConfiguration = Static<typeof LayoutConfiguration>;
