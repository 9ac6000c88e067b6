import { operation, type RequestTo, type ResponseFrom } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { headerMembers } from '../shapes/headers.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { ParticipantAttributes, ParticipantId } from '../shapes/participant.ts';
import { ParticipantReplica } from '../shapes/participant-replica.ts';
import { ReconnectWindowSeconds } from '../shapes/replication.ts';

export const StartParticipantReplication = operation('StartParticipantReplication', {
  since: '2025-05-29',
  request: structure(
    { sourceStageArn: StageArn, destinationStageArn: StageArn, participantId: ParticipantId },
    { reconnectWindowSeconds: ReconnectWindowSeconds, attributes: ParticipantAttributes },
  ),
  response: structure({}, headerMembers),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ResourceNotFoundException',
    'ConflictException',
    'InternalServerException',
  ],
});
export type StartParticipantReplicationRequest = RequestTo<typeof StartParticipantReplication>;
export type StartParticipantReplicationResponse = ResponseFrom<typeof StartParticipantReplication>;

export const StopParticipantReplication = operation('StopParticipantReplication', {
  since: '2025-05-29',
  request: structure({ sourceStageArn: StageArn, destinationStageArn: StageArn, participantId: ParticipantId }),
  response: structure({}, headerMembers),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'InternalServerException'],
});
export type StopParticipantReplicationRequest = RequestTo<typeof StopParticipantReplication>;
export type StopParticipantReplicationResponse = ResponseFrom<typeof StopParticipantReplication>;

export const ListParticipantReplicas = operation('ListParticipantReplicas', {
  since: '2025-05-29',
  request: structure({ sourceStageArn: StageArn, participantId: ParticipantId }, pageRequest(50)),
  response: structure({ replicas: list(ParticipantReplica) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'replicas', maximum: 50, default: 50 },
});
export type ListParticipantReplicasRequest = RequestTo<typeof ListParticipantReplicas>;
export type ListParticipantReplicasResponse = ResponseFrom<typeof ListParticipantReplicas>;
