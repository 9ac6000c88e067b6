import { operation } from '../operation.ts';
import { boolean, list, string, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Participant, ParticipantId, ParticipantState, ParticipantSummary, UserId } from '../shapes/participant.ts';
import { Event } from '../shapes/participant-event.ts';
import { ParticipantRecordingFilterByRecordingState } from '../shapes/participant-recording.ts';
import { ParticipantTokenId } from '../shapes/participant-token.ts';
import { StageSessionId } from '../shapes/stage.ts';

export const GetParticipant = operation('GetParticipant', {
  since: '2023-08-07',
  request: structure({ stageArn: StageArn, sessionId: StageSessionId, participantId: ParticipantId }),
  response: structure({}, { participant: Participant }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const ListParticipants = operation('ListParticipants', {
  since: '2023-08-07',
  request: structure(
    { stageArn: StageArn, sessionId: StageSessionId },
    {
      filterByUserId: UserId,
      filterByPublished: boolean(),
      filterByState: ParticipantState,
      ...pageRequest(100),
      filterByRecordingState: ParticipantRecordingFilterByRecordingState,
    },
  ),
  response: structure({ participants: list(ParticipantSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'participants', maximum: 100, default: 50 },
});

export const ListParticipantEvents = operation('ListParticipantEvents', {
  since: '2023-08-07',
  request: structure({ stageArn: StageArn, sessionId: StageSessionId, participantId: ParticipantId }, pageRequest(100)),
  response: structure({ events: list(Event) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'events', maximum: 100, default: 50 },
});

export const DisconnectParticipant = operation('DisconnectParticipant', {
  since: '2023-03',
  request: structure({ stageArn: StageArn, participantId: ParticipantTokenId }, { reason: string({ max: 128 }) }),
  response: structure({}),
  errors: ['ValidationException', 'AccessDeniedException', 'PendingVerification', 'ResourceNotFoundException'],
});
