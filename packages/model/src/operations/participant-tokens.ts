import { operation } from '../operation.ts';
import { string, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { ParticipantToken, participantTokenMembers } from '../shapes/participant-token.ts';

export const CreateParticipantToken = operation('CreateParticipantToken', {
  since: '2023-03',
  request: structure({ stageArn: StageArn }, participantTokenMembers),
  response: structure({}, { participantToken: ParticipantToken }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ResourceNotFoundException',
  ],
});

export const RevokeConnectionToken = operation('RevokeConnectionToken', {
  since: '2026-08-19',
  request: structure({ tokenId: string({ min: 1, max: 64, pattern: '[a-zA-Z0-9-_]+' }) }),
  response: structure({}),
  errors: ['ValidationException', 'AccessDeniedException', 'InternalServerException'],
});
