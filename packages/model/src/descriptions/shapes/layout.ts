import {
  GridConfiguration,
  LayoutConfiguration,
  PipBehavior,
  PipConfiguration,
  PipPosition,
  VideoAspectRatio,
  VideoFillMode,
} from '../../shapes/layout.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const shared = {
  featuredParticipantAttribute: {
    meaning: 'Name of an attribute: the participant for whom it is `true` gets the largest part of the picture.',
    default: '`""`: nobody',
  },
  omitStoppedVideo: {
    meaning: 'Whether participants without a picture are left out. They are heard all the same.',
    default: '`false`',
  },
  participantOrderAttribute: {
    meaning:
      'Name of an attribute that holds a whole number: the smallest comes first, and participants without one come last.',
    default: '`""`: in the order of arrival',
  },
};

export const layoutStructures = [
  describeStructure(
    'LayoutConfiguration',
    LayoutConfiguration,
    'How the participants of a composition are arranged: one of the two at most.',
    {
      grid: {
        meaning: 'In rows of equal tiles, one of them larger if wished for.',
        default: 'this one, with its defaults',
      },
      pip: 'With a small window over the rest.',
    },
  ),
  describeStructure('GridConfiguration', GridConfiguration, 'Participants in rows.', {
    ...shared,
    videoFillMode: {
      meaning: 'How a picture fits its tile.',
      default: '`""`: `COVER` in the grid, `CONTAIN` for the featured participant',
    },
    gridGap: { meaning: 'Pixels between tiles.', default: '2' },
    videoAspectRatio: { meaning: 'Shape of all tiles but the featured one.', default: '`VIDEO`' },
  }),
  describeStructure('PipConfiguration', PipConfiguration, 'A participant in a small window over the others.', {
    ...shared,
    videoFillMode: { meaning: 'How a picture fits its tile or window.', default: '`COVER`' },
    gridGap: { meaning: 'Pixels between the tiles below the window.', default: '0' },
    pipParticipantAttribute: {
      meaning: 'Name of an attribute: the participant for whom it is `true` gets the window.',
      default: '`""`: no window',
    },
    pipBehavior: { meaning: 'What becomes of the window when everybody else has left.', default: '`STATIC`' },
    pipOffset: { meaning: 'Pixels between the window and the two edges next to it.', default: '0' },
    pipPosition: { meaning: 'The window’s corner.', default: '`BOTTOM_RIGHT`' },
    pipWidth: {
      meaning: 'Width of the window in pixels.',
      default: 'follows from the size and the shape of the pictures',
    },
    pipHeight: {
      meaning: 'Height of the window in pixels.',
      default: 'follows from the size and the shape of the pictures',
    },
  }),
];

export const layoutEnumerations = [
  describeEnumeration('VideoAspectRatio', VideoAspectRatio, 'Shape of a tile.', {
    AUTO: 'That of the participant’s own picture.',
    VIDEO: '16:9.',
    SQUARE: '1:1.',
    PORTRAIT: '3:4.',
  }),
  describeEnumeration('VideoFillMode', VideoFillMode, 'How a picture fits its tile.', {
    FILL: 'Stretched to the tile’s shape.',
    COVER: 'Fills the tile; what is too much is cut off.',
    CONTAIN: 'Whole, with black beside it.',
  }),
  describeEnumeration('PipBehavior', PipBehavior, 'What becomes of the window when everybody else has left.', {
    STATIC: 'It stays as it is.',
    DYNAMIC: 'It grows to the whole picture.',
  }),
  describeEnumeration('PipPosition', PipPosition, 'A corner of the picture.', {
    TOP_LEFT: 'Above, on the left.',
    TOP_RIGHT: 'Above, on the right.',
    BOTTOM_LEFT: 'Below, on the left.',
    BOTTOM_RIGHT: 'Below, on the right.',
  }),
];
