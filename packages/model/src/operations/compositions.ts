import { operation } from '../operation.ts';
import { list, string, structure } from '../schema.ts';
import { CompositionArn, EncoderConfigurationArn, StageArn } from '../shapes/arn.ts';
import { Composition, CompositionSummary } from '../shapes/composition.ts';
import { DestinationConfiguration } from '../shapes/destination-configuration.ts';
import { LayoutConfiguration } from '../shapes/layout.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';
import { createErrors, existingErrors, listErrors } from './composition-errors.ts';

export const StartComposition = operation('StartComposition', {
  since: '2023-11-16',
  request: structure(
    { stageArn: StageArn, destinations: list(DestinationConfiguration, { min: 1, max: 2 }) },
    {
      idempotencyToken: string({ min: 1, max: 64, pattern: '[a-zA-Z0-9-_]*' }),
      layout: LayoutConfiguration,
      tags: Tags,
    },
    ['stageArn', 'idempotencyToken', 'layout'],
  ),
  response: structure({}, { composition: Composition }),
  errors: createErrors,
});

export const GetComposition = operation('GetComposition', {
  since: '2023-11-16',
  request: structure({ arn: CompositionArn }),
  response: structure({}, { composition: Composition }),
  errors: existingErrors,
});

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
  errors: listErrors,
  pagination: { items: 'compositions', maximum: 100, default: 100 },
});

export const StopComposition = operation('StopComposition', {
  since: '2023-11-16',
  request: structure({ arn: CompositionArn }),
  response: structure({}),
  errors: existingErrors,
});
