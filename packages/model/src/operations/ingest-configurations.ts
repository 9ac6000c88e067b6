import { operation } from '../operation.ts';
import { boolean, list, structure } from '../schema.ts';
import { IngestConfigurationArn, IngestConfigurationStageArn, StageArn } from '../shapes/arn.ts';
import { headerMembers } from '../shapes/headers.ts';
import {
  IngestConfiguration,
  IngestConfigurationState,
  IngestConfigurationSummary,
  IngestProtocol,
} from '../shapes/ingest-configuration.ts';
import { IngestConfigurationName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { ParticipantAttributes, UserId } from '../shapes/participant.ts';
import { Tags } from '../shapes/tags.ts';
import { changeErrors } from './change-errors.ts';

export const CreateIngestConfiguration = operation('CreateIngestConfiguration', {
  since: '2024-09-09',
  request: structure(
    { ingestProtocol: IngestProtocol },
    {
      name: IngestConfigurationName,
      stageArn: IngestConfigurationStageArn,
      userId: UserId,
      attributes: ParticipantAttributes,
      insecureIngest: boolean(),
      redundantIngest: boolean(),
      tags: Tags,
    },
    ['name', 'stageArn', 'userId', 'attributes'],
  ),
  response: structure({}, { ingestConfiguration: IngestConfiguration, ...headerMembers }),
  errors: ['ValidationException', 'ServiceQuotaExceededException', 'AccessDeniedException', 'PendingVerification'],
});

export const GetIngestConfiguration = operation('GetIngestConfiguration', {
  since: '2024-09-09',
  request: structure({ arn: IngestConfigurationArn }),
  response: structure({}, { ingestConfiguration: IngestConfiguration }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const ListIngestConfigurations = operation('ListIngestConfigurations', {
  since: '2024-09-09',
  request: structure({}, { filterByStageArn: StageArn, filterByState: IngestConfigurationState, ...pageRequest(100) }),
  response: structure({ ingestConfigurations: list(IngestConfigurationSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'ingestConfigurations', maximum: 100, default: 50 },
});

export const UpdateIngestConfiguration = operation('UpdateIngestConfiguration', {
  since: '2024-09-09',
  request: structure(
    { arn: IngestConfigurationArn },
    { stageArn: IngestConfigurationStageArn, redundantIngest: boolean() },
  ),
  response: structure({}, { ingestConfiguration: IngestConfiguration, ...headerMembers }),
  errors: changeErrors,
});

export const DeleteIngestConfiguration = operation('DeleteIngestConfiguration', {
  since: '2024-09-09',
  request: structure({ arn: IngestConfigurationArn }, { force: boolean() }),
  response: structure({}),
  errors: changeErrors,
});
