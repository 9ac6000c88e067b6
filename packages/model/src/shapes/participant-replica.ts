import type { Static } from 'typebox';
import { structure } from '../schema.ts';
import { StageArn } from './arn.ts';
import { ParticipantId } from './participant.ts';
import { ReplicationState } from './replication.ts';
import { StageSessionId } from './stage.ts';

export const ParticipantReplica = structure({
  sourceStageArn: StageArn,
  participantId: ParticipantId,
  sourceSessionId: StageSessionId,
  destinationStageArn: StageArn,
  destinationSessionId: StageSessionId,
  replicationState: ReplicationState,
});
export type ParticipantReplica = Static<typeof ParticipantReplica>;
