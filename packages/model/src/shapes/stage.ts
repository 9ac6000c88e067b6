import type { Static } from 'typebox';
import { string, structure, timestamp } from '../schema.ts';
import { StageArn } from './arn.ts';
import { StageName } from './name.ts';
import { AutoParticipantRecordingConfiguration } from './participant-recording.ts';
import { Tags } from './tags.ts';

export const StageSessionId = string({ min: 16, max: 16, pattern: 'st-[a-zA-Z0-9]+' });

/** URL of a media endpoint. */
export const StageEndpoint = string({ max: 2048 });

export const StageEndpoints = structure(
  {},
  { events: StageEndpoint, whip: StageEndpoint, rtmp: StageEndpoint, rtmps: StageEndpoint },
);
export type StageEndpoints = Static<typeof StageEndpoints>;

export const Stage = structure(
  { arn: StageArn },
  {
    name: StageName,
    activeSessionId: StageSessionId,
    tags: Tags,
    autoParticipantRecordingConfiguration: AutoParticipantRecordingConfiguration,
    endpoints: StageEndpoints,
  },
);
export type Stage = Static<typeof Stage>;

export const StageSummary = structure(
  { arn: StageArn },
  { name: StageName, activeSessionId: StageSessionId, tags: Tags },
);
export type StageSummary = Static<typeof StageSummary>;

export const StageSession = structure({}, { sessionId: StageSessionId, startTime: timestamp(), endTime: timestamp() });
export type StageSession = Static<typeof StageSession>;

export const StageSessionSummary = structure(
  {},
  { sessionId: StageSessionId, startTime: timestamp(), endTime: timestamp() },
);
export type StageSessionSummary = Static<typeof StageSessionSummary>;
