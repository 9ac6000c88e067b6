import { operation, type RequestTo, type ResponseFrom } from '../operation.ts';
import { list, string, structure } from '../schema.ts';
import { CompositionArn, EncoderConfigurationArn, StageArn } from '../shapes/arn.ts';
import { Composition, CompositionSummary } from '../shapes/composition.ts';
import { DestinationConfiguration } from '../shapes/destination-configuration.ts';
import { LayoutConfiguration } from '../shapes/layout.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';

export const StartComposition = operation('StartComposition', {
  since: '2023-11-16',
  request: structure(
    { stageArn: StageArn, destinations: list(DestinationConfiguration, { min: 1, max: 2 }) },
    {
      idempotencyToken: string({ min: 1, max: 64, pattern: '[a-zA-Z0-9-_]*' }),
      layout: LayoutConfiguration,
      tags: Tags,
    },
  ),
  response: structure({}, { composition: Composition }),
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
export type StartCompositionRequest = RequestTo<typeof StartComposition>;
export type StartCompositionResponse = ResponseFrom<typeof StartComposition>;

export const GetComposition = operation('GetComposition', {
  since: '2023-11-16',
  request: structure({ arn: CompositionArn }),
  response: structure({}, { composition: Composition }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ConflictException',
    'InternalServerException',
  ],
});
export type GetCompositionRequest = RequestTo<typeof GetComposition>;
export type GetCompositionResponse = ResponseFrom<typeof GetComposition>;

export const ListCompositions = operation('ListCompositions', {
  since: '2023-11-16',
  request: structure(
    {},
    {
      filterByStageArn: StageArn,
      filterByEncoderConfigurationArn: EncoderConfigurationArn,
      ...pageRequest(100),
    },
  ),
  response: structure({ compositions: list(CompositionSummary) }, pageResponse),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'ConflictException',
    'InternalServerException',
  ],
  pagination: { items: 'compositions', maximum: 100, default: 100 },
});
export type ListCompositionsRequest = RequestTo<typeof ListCompositions>;
export type ListCompositionsResponse = ResponseFrom<typeof ListCompositions>;

export const StopComposition = operation('StopComposition', {
  since: '2023-11-16',
  request: structure({ arn: CompositionArn }),
  response: structure({}),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ConflictException',
    'InternalServerException',
  ],
});
export type StopCompositionRequest = RequestTo<typeof StopComposition>;
export type StopCompositionResponse = ResponseFrom<typeof StopComposition>;
