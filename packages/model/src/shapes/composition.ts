import type { Static } from 'typebox';
import { enumeration, list, string, structure, timestamp } from '../schema.ts';
import { CompositionArn, StageArn } from './arn.ts';
import { DestinationConfiguration } from './destination-configuration.ts';
import { LayoutConfiguration } from './layout.ts';
import { Tags } from './tags.ts';

export const CompositionState = enumeration('STARTING', 'ACTIVE', 'STOPPING', 'FAILED', 'STOPPED');
export type CompositionState = Static<typeof CompositionState>;

export const DestinationState = enumeration('STARTING', 'ACTIVE', 'STOPPING', 'RECONNECTING', 'FAILED', 'STOPPED');
export type DestinationState = Static<typeof DestinationState>;

/** Where below the bucket the recording lies. */
export const S3Detail = structure({ recordingPrefix: string() });
export type S3Detail = Static<typeof S3Detail>;

export const DestinationDetail = structure({}, { s3: S3Detail });
export type DestinationDetail = Static<typeof DestinationDetail>;

const times = { startTime: timestamp(), endTime: timestamp() };

export const Destination = structure(
  { id: string(), state: DestinationState, configuration: DestinationConfiguration },
  { ...times, detail: DestinationDetail },
  ['id', 'state', 'startTime', 'endTime'],
);
export type Destination = Static<typeof Destination>;

export const DestinationSummary = structure({ id: string(), state: DestinationState }, times);
export type DestinationSummary = Static<typeof DestinationSummary>;

export const Composition = structure(
  {
    arn: CompositionArn,
    stageArn: StageArn,
    state: CompositionState,
    layout: LayoutConfiguration,
    destinations: list(Destination, { min: 1, max: 2 }),
  },
  { tags: Tags, ...times },
);
export type Composition = Static<typeof Composition>;

export const CompositionSummary = structure(
  {
    arn: CompositionArn,
    stageArn: StageArn,
    destinations: list(DestinationSummary, { min: 1, max: 2 }),
    state: CompositionState,
  },
  { tags: Tags, ...times },
);
export type CompositionSummary = Static<typeof CompositionSummary>;
