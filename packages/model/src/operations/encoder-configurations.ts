import { operation, type RequestTo, type ResponseFrom } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { EncoderConfigurationArn } from '../shapes/arn.ts';
import { EncoderConfiguration, EncoderConfigurationSummary, Video } from '../shapes/encoder-configuration.ts';
import { EncoderConfigurationName } from '../shapes/name.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Tags } from '../shapes/tags.ts';

export const CreateEncoderConfiguration = operation('CreateEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({}, { name: EncoderConfigurationName, video: Video, tags: Tags }),
  response: structure({}, { encoderConfiguration: EncoderConfiguration }),
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
export type CreateEncoderConfigurationRequest = RequestTo<typeof CreateEncoderConfiguration>;
export type CreateEncoderConfigurationResponse = ResponseFrom<typeof CreateEncoderConfiguration>;

export const GetEncoderConfiguration = operation('GetEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: EncoderConfigurationArn }),
  response: structure({}, { encoderConfiguration: EncoderConfiguration }),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ConflictException',
    'InternalServerException',
  ],
});
export type GetEncoderConfigurationRequest = RequestTo<typeof GetEncoderConfiguration>;
export type GetEncoderConfigurationResponse = ResponseFrom<typeof GetEncoderConfiguration>;

export const ListEncoderConfigurations = operation('ListEncoderConfigurations', {
  since: '2023-11-16',
  request: structure({}, pageRequest(100)),
  response: structure({ encoderConfigurations: list(EncoderConfigurationSummary) }, pageResponse),
  errors: [
    'ValidationException',
    'ServiceQuotaExceededException',
    'AccessDeniedException',
    'ConflictException',
    'InternalServerException',
  ],
  pagination: { items: 'encoderConfigurations', maximum: 100, default: 100 },
});
export type ListEncoderConfigurationsRequest = RequestTo<typeof ListEncoderConfigurations>;
export type ListEncoderConfigurationsResponse = ResponseFrom<typeof ListEncoderConfigurations>;

export const DeleteEncoderConfiguration = operation('DeleteEncoderConfiguration', {
  since: '2023-11-16',
  request: structure({ arn: EncoderConfigurationArn }),
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
export type DeleteEncoderConfigurationRequest = RequestTo<typeof DeleteEncoderConfiguration>;
export type DeleteEncoderConfigurationResponse = ResponseFrom<typeof DeleteEncoderConfiguration>;
