/**
 * Every error that an API caller can meet. Domain code throws one of these classes; the HTTP front door alone turns it
 * into a response: the modelled ones carry their text as `exceptionMessage`, the others as `message`.
 */

/** Errors of the service models. Their messages are the thrower's. */
const modelled = {
  ValidationException: 400,
  ServiceQuotaExceededException: 402,
  AccessDeniedException: 403,
  PendingVerification: 403,
  ResourceNotFoundException: 404,
  ChannelNotBroadcasting: 404,
  ConflictException: 409,
  InternalServerException: 500,
  StreamUnavailable: 503,
} as const;

/** Errors of the HTTP front door, before an operation is reached. */
const frontDoor = {
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  ExpiredTokenException: 403,
  InvalidSignatureException: 403,
  IncompleteSignatureException: 403,
  MalformedHttpRequestException: 400,
  SerializationException: 400,
  ThrottlingException: 400,
  UnknownOperationException: 404,
  RequestTimeoutException: 408,
  RequestEntityTooLargeException: 413,
  UnsupportedMediaTypeException: 415,
  NotImplementedException: 501,
  ServiceUnavailable: 503,
} as const;

const statuses = { ...modelled, ...frontDoor };

export type ModelledErrorName = keyof typeof modelled;
export type ErrorName = keyof typeof statuses;

/** All error names, the modelled ones first. */
export const errorNames = Object.keys(statuses) as readonly ErrorName[];

/** An error that the caller may see: its name, HTTP status and message go out as they are. */
export class ServiceError extends Error {
  override readonly name: ErrorName;
  /** HTTP status. */
  readonly status: number;
  /** Whether the service model has it: decides the form of the body. */
  readonly modelled: boolean;

  constructor(name: ErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = statuses[name];
    this.modelled = Object.hasOwn(modelled, name);
  }
}

/** The class of one catalogue entry. `usualMessage` is the text when the thrower gives none. */
function named<Name extends ErrorName>(name: Name, usualMessage: string) {
  return class extends ServiceError {
    declare readonly name: Name;

    constructor(message = usualMessage) {
      super(name, message);
    }
  };
}

export class ValidationException extends named('ValidationException', 'The request is not valid') {}
export class ServiceQuotaExceededException extends named('ServiceQuotaExceededException', 'Quota exceeded') {}
export class AccessDeniedException extends named('AccessDeniedException', 'Access denied') {}
export class PendingVerification extends named('PendingVerification', 'The account is not verified yet') {}
export class ResourceNotFoundException extends named('ResourceNotFoundException', 'Resource not found') {}
export class ChannelNotBroadcasting extends named('ChannelNotBroadcasting', 'The channel is not live') {}
export class ConflictException extends named('ConflictException', 'The resource is in a conflicting state') {}
export class InternalServerException extends named('InternalServerException', 'Unexpected failure') {}
export class StreamUnavailable extends named('StreamUnavailable', 'The stream is not available at the moment') {}

export class MissingAuthenticationTokenException extends named(
  'MissingAuthenticationTokenException',
  'Missing Authentication Token',
) {}
export class UnrecognizedClientException extends named(
  'UnrecognizedClientException',
  'The security token included in the request is invalid.',
) {}
export class ExpiredTokenException extends named(
  'ExpiredTokenException',
  'The security token included in the request is expired',
) {}
export class InvalidSignatureException extends named(
  'InvalidSignatureException',
  'The request signature does not match the one calculated from the request and the secret access key',
) {}
export class IncompleteSignatureException extends named(
  'IncompleteSignatureException',
  'The request signature is incomplete',
) {}
export class MalformedHttpRequestException extends named(
  'MalformedHttpRequestException',
  'The HTTP request is malformed',
) {}
export class SerializationException extends named('SerializationException', 'The request body cannot be read') {}
export class ThrottlingException extends named('ThrottlingException', 'Rate exceeded') {}
export class UnknownOperationException extends named('UnknownOperationException', 'Unknown operation') {}
export class RequestTimeoutException extends named('RequestTimeoutException', 'The request took too long to arrive') {}
export class RequestEntityTooLargeException extends named(
  'RequestEntityTooLargeException',
  'The request body is too large',
) {}
export class UnsupportedMediaTypeException extends named(
  'UnsupportedMediaTypeException',
  'The content type must be application/json',
) {}
export class NotImplementedException extends named('NotImplementedException', 'This operation is not implemented') {}
export class ServiceUnavailable extends named('ServiceUnavailable', 'The service is not available') {}
