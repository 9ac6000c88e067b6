import {
  type GridConfiguration,
  type LayoutConfiguration,
  type PipConfiguration,
  ValidationException,
  type VideoFillMode,
} from '@proscenium/model';

/** `""`: COVER in the grid, CONTAIN for the featured participant. */
type FillMode = VideoFillMode | '';

export type GridSettings = Required<Omit<GridConfiguration, 'videoFillMode'>> & { videoFillMode: FillMode };

/** Without a width or a height, that one follows from the picture. */
export type PipSettings = Required<Omit<PipConfiguration, 'pipWidth' | 'pipHeight'>> &
  Pick<PipConfiguration, 'pipWidth' | 'pipHeight'>;

/** How participants are arranged, every member filled. */
export type LayoutSettings = { grid: GridSettings } | { pip: PipSettings };

const defaultGrid: GridSettings = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoAspectRatio: 'VIDEO',
  videoFillMode: '',
  gridGap: 2,
  participantOrderAttribute: '',
};

const defaultPip: PipSettings = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoFillMode: 'COVER',
  gridGap: 0,
  pipParticipantAttribute: '',
  pipBehavior: 'STATIC',
  pipOffset: 0,
  pipPosition: 'BOTTOM_RIGHT',
  participantOrderAttribute: '',
};

/**
 * Fills what was left out with the defaults; without any layout that is the grid.
 *
 * @throws ValidationException for two layouts at once
 */
export function fillLayoutSettings({ grid, pip }: LayoutConfiguration = {}): LayoutSettings {
  if (grid !== undefined && pip !== undefined)
    throw new ValidationException('A layout is either grid or pip, not both');
  return pip === undefined ? { grid: { ...defaultGrid, ...grid } } : { pip: { ...defaultPip, ...pip } };
}
