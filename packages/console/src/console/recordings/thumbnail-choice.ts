import type { CompositionThumbnailConfiguration, ThumbnailStorageType } from '@proscenium/model';

/** What people choose of thumbnails. */
export interface ThumbnailChoice {
  /** Undefined: none are taken. */
  readonly everySeconds: number | undefined;
  /** What is kept: all in their order, the latest one, or both. */
  readonly kept: 'both' | ThumbnailStorageType;
}

export const noThumbnails: ThumbnailChoice = { everySeconds: undefined, kept: 'both' };

/** Undefined where none are to be taken. */
export function thumbnailsOf({ everySeconds, kept }: ThumbnailChoice): CompositionThumbnailConfiguration | undefined {
  if (everySeconds === undefined) return undefined;
  return { targetIntervalSeconds: everySeconds, storage: kept === 'both' ? ['SEQUENTIAL', 'LATEST'] : [kept] };
}

export function thumbnailChoiceOf(configuration: CompositionThumbnailConfiguration = {}): ThumbnailChoice {
  const { targetIntervalSeconds, storage = [] } = configuration;
  const [first = 'SEQUENTIAL', second] = storage;
  return { everySeconds: targetIntervalSeconds, kept: second === undefined ? first : 'both' };
}
