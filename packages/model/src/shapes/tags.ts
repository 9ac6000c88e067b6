import type { Static } from 'typebox';
import { list, map, string } from '../schema.ts';

export const TagKey = string({ min: 1, max: 128 });
export const TagValue = string({ max: 256 });

export const Tags = map(TagValue, { max: 50, key: TagKey });
export type Tags = Static<typeof Tags>;

export const TagKeyList = list(TagKey, { max: 50 });
