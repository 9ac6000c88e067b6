import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { headerMembers } from '../shapes/headers.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { ParticipantAttributes, ParticipantId } from '../shapes/participant.ts';
import { ParticipantReplica } from '../shapes/participant-replica.ts';
import { ReconnectWindowSeconds } from '../shapes/replication.ts';
import { createErrors } from './composition-errors.ts';

export const StartParticipantReplication = operation('StartParticipantReplication', {
  since: '2025-05-29',
  request: structure(
    { sourceStageArn: StageArn, destinationStageArn: StageArn, participantId: ParticipantId },
    { reconnectWindowSeconds: ReconnectWindowSeconds, attributes: ParticipantAttributes },
  ),
  response: structure({}, headerMembers),
  errors: createErrors,
});

export const StopParticipantReplication = operation('StopParticipantReplication', {
  since: '2025-05-29',
  request: structure({ sourceStageArn: StageArn, destinationStageArn: StageArn, participantId: ParticipantId }),
  response: structure({}, headerMembers),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'InternalServerException'],
});

export const ListParticipantReplicas = operation('ListParticipantReplicas', {
  since: '2025-05-29',
  request: structure({ sourceStageArn: StageArn, participantId: ParticipantId }, pageRequest(50)),
  response: structure({ replicas: list(ParticipantReplica) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'replicas', maximum: 50, default: 50 },
});
