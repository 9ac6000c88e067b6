import type { Static } from 'typebox';
import { string, structure } from '../schema.ts';
import { ResourceArn } from './arn.ts';

/** Why one of several resources was not told of. */
export const BatchError = structure({}, { arn: ResourceArn, code: string(), message: string() });
export type BatchError = Static<typeof BatchError>;
