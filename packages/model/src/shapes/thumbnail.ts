import type { Static } from 'typebox';
import { enumeration, integer, list } from '../schema.ts';

export const ThumbnailIntervalSeconds = integer({ min: 1, max: 86_400 });

export const ThumbnailStorageType = enumeration('SEQUENTIAL', 'LATEST');
export type ThumbnailStorageType = Static<typeof ThumbnailStorageType>;

export const ThumbnailStorageTypeList = list(ThumbnailStorageType, { max: 2 });

export const ThumbnailRecordingMode = enumeration('INTERVAL', 'DISABLED');
export type ThumbnailRecordingMode = Static<typeof ThumbnailRecordingMode>;
