import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { EncoderConfigurationArn } from '../shapes/arn.ts';
import { EncoderConfiguration, EncoderConfigurationSummary, Video } from '../shapes/encoder-configuration.ts';
import { EncoderConfigurationName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';
import { createErrors, existingErrors, listErrors } from './composition-errors.ts';

export const CreateEncoderConfiguration = operation('CreateEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({}, { name: EncoderConfigurationName, video: Video, tags: Tags }),
  response: structure({}, { encoderConfiguration: EncoderConfiguration }),
  errors: createErrors,
});

export const GetEncoderConfiguration = operation('GetEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: EncoderConfigurationArn }),
  response: structure({}, { encoderConfiguration: EncoderConfiguration }),
  errors: existingErrors,
});

export const ListEncoderConfigurations = operation('ListEncoderConfigurations', {
  since: '2023-11-16',
  request: structure({}, pageRequest(100)),
  response: structure({ encoderConfigurations: list(EncoderConfigurationSummary) }, pageResponse),
  errors: listErrors,
  pagination: { items: 'encoderConfigurations', maximum: 100, default: 100 },
});

export const DeleteEncoderConfiguration = operation('DeleteEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: EncoderConfigurationArn }),
  response: structure({}),
  errors: existingErrors,
});
