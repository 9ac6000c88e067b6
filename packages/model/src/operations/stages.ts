import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { StageName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { AutoParticipantRecordingConfiguration } from '../shapes/participant-recording.ts';
import { ParticipantToken, ParticipantTokenConfiguration } from '../shapes/participant-token.ts';
import { Stage, StageSummary } from '../shapes/stage.ts';
import { Tags } from '../shapes/tags.ts';
import { changeErrors } from './change-errors.ts';

export const CreateStage = operation('CreateStage', {
  since: '2023-03',
  request: structure(
    {},
    {
      name: StageName,
      participantTokenConfigurations: list(ParticipantTokenConfiguration, { max: 12 }),
      tags: Tags,
      autoParticipantRecordingConfiguration: AutoParticipantRecordingConfiguration,
    },
  ),
  response: structure({}, { stage: Stage, participantTokens: list(ParticipantToken) }),
  errors: ['ValidationException', 'ServiceQuotaExceededException', 'AccessDeniedException', 'PendingVerification'],
});

export const GetStage = operation('GetStage', {
  since: '2023-03',
  request: structure({ arn: StageArn }),
  response: structure({}, { stage: Stage }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const ListStages = operation('ListStages', {
  since: '2023-03',
  request: structure({}, pageRequest(100)),
  response: structure({ stages: list(StageSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException', 'ConflictException'],
  pagination: { items: 'stages', maximum: 100, default: 50 },
});

export const UpdateStage = operation('UpdateStage', {
  since: '2023-03',
  request: structure(
    { arn: StageArn },
    { name: StageName, autoParticipantRecordingConfiguration: AutoParticipantRecordingConfiguration },
  ),
  response: structure({}, { stage: Stage }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'PendingVerification',
    'ResourceNotFoundException',
    'ConflictException',
  ],
});

export const DeleteStage = operation('DeleteStage', {
  since: '2023-03',
  request: structure({ arn: StageArn }),
  response: structure({}),
  errors: changeErrors,
});
