import { defaultGrid, defaultPip, type Layout } from '@proscenium/media/layout';
import type { GridConfiguration, LayoutConfiguration, PipConfiguration } from '@proscenium/model';

/** What the fields of a layout say; what is blank has the service's default. */
export interface LayoutChoice {
  readonly kind: 'grid' | 'pip';
  readonly grid: GridConfiguration;
  readonly pip: PipConfiguration;
}

export const usualLayout: LayoutChoice = { kind: 'grid', grid: {}, pip: {} };

/** What the call is given. */
export function configurationOf({ kind, grid, pip }: LayoutChoice): LayoutConfiguration {
  return kind === 'grid' ? { grid } : { pip };
}

/** The layout with the service's defaults in it, as the composer arranges it. */
export function layoutOf({ kind, grid, pip }: LayoutChoice): Layout {
  return kind === 'grid' ? { grid: { ...defaultGrid, ...grid } } : { pip: { ...defaultPip, ...pip } };
}

/** People to show a layout with: the first one has the attribute that features, the second one that of the window. */
export function samplePeople(count: number, { kind, grid, pip }: LayoutChoice) {
  const { featuredParticipantAttribute = '' } = kind === 'grid' ? grid : pip;
  const { pipParticipantAttribute = '' } = kind === 'pip' ? pip : {};
  return Array.from({ length: count }, (_, index) => ({
    participantId: String(index + 1),
    attributes: {
      ...(index === 0 && featuredParticipantAttribute && { [featuredParticipantAttribute]: 'true' }),
      ...(index === 1 && pipParticipantAttribute && { [pipParticipantAttribute]: 'true' }),
    } as Record<string, string>,
    hasVideo: true,
    aspectRatio: 16 / 9,
  }));
}
