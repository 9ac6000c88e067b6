import type { ErrorName } from '../errors.ts';

/** When each error is answered, and what a caller can do about it. */
export const errors: Record<ErrorName, string> = {
  ValidationException:
    'The request breaks a constraint of its shape (the text then lists all that are broken) or a rule between its members, or ' +
    'names something that the operation has no other error for. Change the request.',
  ServiceQuotaExceededException:
    'There would be more of something than a quota allows. Delete some, or raise the quota.',
  AccessDeniedException:
    'The caller may not do that, or the request went to a host name that the server does not answer to.',
  PendingVerification: 'The account is not verified yet: its settings say so.',
  ResourceNotFoundException: 'Something that the request names does not exist in the caller’s account and region.',
  ChannelNotBroadcasting: 'Nothing is live on the channel.',
  ConflictException: 'What the request would do does not go with the state that things are in. Change that first.',
  InternalServerException:
    'The server failed. The log has the reason, with the request id of the answer. Clients try again by themselves.',
  StreamUnavailable: 'What is live on the channel cannot be stopped there: stop what sends it.',
  MissingAuthenticationTokenException: 'The request is not signed, or there is no operation at its method and path.',
  UnrecognizedClientException: 'The server does not know the access key, or a session token came with it.',
  ExpiredTokenException: 'A session token has expired.',
  InvalidSignatureException:
    'The signature is not the one that the secret key gives, its date is more than five minutes off, or its scope names another ' +
    'service or a region that the server does not have.',
  IncompleteSignatureException: 'A part of the signature is missing or malformed; the text says which.',
  MalformedHttpRequestException: 'The request is no proper HTTP, or its URL is not percent-encoded UTF-8.',
  SerializationException:
    'The body is not one JSON object in UTF-8, or a value in it has another JSON type than its member. Values are never converted.',
  ThrottlingException: 'Calls come faster than the operation’s rate. Wait; clients try again by themselves.',
  UnknownOperationException: 'There is no such operation.',
  RequestTimeoutException: 'The request took too long to arrive.',
  RequestEntityTooLargeException: 'The body is larger than the limit, 1 MiB unless the settings say otherwise.',
  UnsupportedMediaTypeException: 'The body says that it is something else than `application/json`.',
  NotImplementedException:
    'The server does not have the operation: those of the low-latency API that have to do with more than channels, stream keys and ' +
    'live streams.',
  ServiceUnavailable: 'The server has too much to do, or is about to end. Clients try again by themselves.',
};
