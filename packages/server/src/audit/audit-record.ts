import {
  type OperationName,
  operations,
  parseArn,
  type ResourceType,
  redact,
  type ServiceError,
  type Shape,
} from '@proscenium/model';
import type { AccessChange } from '../access/access-change.ts';
import type { Claim } from '../identity/claim.ts';
import type { Principal } from '../identity/verify-signature.ts';

/** Who made a call: the user of an access key, or the server's own page, which has no key. */
export type Caller = Omit<Principal, 'accessKeyId'> & Partial<Pick<Principal, 'accessKeyId'>>;

/** A call that has come to its end, with what became known of it on the way. */
export type EndedCall = {
  operation: OperationName;
  requestId: string;
  /** When it came. */
  time: Date;
  /** IP address. */
  sourceAddress: string | undefined;
  userAgent: string | undefined;
  /** Whoever is known for sure, or else whom the call claims to be from. */
  from: { caller: Caller } | { claim: Claim };
  /** Undefined when the call was refused before its request was read. */
  request: object | undefined;
  outcome: { response: object } | { error: ServiceError };
};

const maxTextLength = 1_024;
const maxLineLength = 100_000;
const omitted = { omitted: 'too long' };

/**
 * A call in the form of CloudTrail's records, without its secrets, as one line of JSON with the line's end:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 *
 * @param eventId a UUID
 */
export function formatAuditRecord(call: EndedCall, eventId: string): string {
  const record = auditRecord(call, eventId);
  const line = JSON.stringify(record);
  if (line.length <= maxLineLength) return `${line}\n`;
  return `${JSON.stringify({ ...record, requestParameters: omitted, responseElements: omitted })}\n`;
}

function auditRecord(call: EndedCall, eventId: string) {
  const { operation, requestId, time, sourceAddress, userAgent, from, request, outcome } = call;
  const shapes = operations[operation];
  const readOnly = /^(Get|BatchGet|List)/.test(operation);
  const requestParameters = request && redact(shapes.request, request);
  // What a caller only looked at is not repeated.
  const responseElements = 'response' in outcome && !readOnly ? redact(shapes.response, outcome.response) : undefined;
  const arns = new Set([...arnsIn(shapes.request, requestParameters), ...arnsIn(shapes.response, responseElements)]);
  return {
    eventVersion: '1.11',
    userIdentity: identity(from),
    eventTime: formatEventTime(time),
    eventSource,
    eventName: operation,
    awsRegion: 'caller' in from ? from.caller.region : from.claim.region,
    sourceIPAddress: sourceAddress,
    userAgent: userAgent?.slice(0, maxTextLength),
    ...('error' in outcome && {
      errorCode: outcome.error.name,
      errorMessage: outcome.error.message.slice(0, maxTextLength),
    }),
    requestParameters: requestParameters ?? null,
    responseElements: responseElements ?? null,
    requestID: requestId,
    eventID: eventId,
    readOnly,
    resources: [...arns].flatMap(resource),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: 'caller' in from ? from.caller.account : undefined,
    eventCategory: 'Management',
  };
}

/**
 * A change of users, keys or policies as a call of IAM is recorded: by a user of the account in a signed call, or by somebody
 * on the server's machine.
 */
export function formatChangeRecord({ id, account, name, actor, time, parameters }: AccessChange): string {
  const isSigned = actor.startsWith('arn:');
  const record = {
    eventVersion: '1.11',
    userIdentity: isSigned
      ? { type: 'IAMUser', arn: actor, accountId: account, userName: actor.slice(actor.lastIndexOf('/') + 1) }
      : { type: 'Unknown', accountId: account, userName: actor },
    eventTime: formatEventTime(time),
    eventSource: 'iam.amazonaws.com',
    eventName: name,
    ...(!isSigned && { userAgent: 'proscenium access' }),
    requestParameters: parameters,
    responseElements: null,
    eventID: id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
  return `${JSON.stringify(record)}\n`;
}

/** A record of the audit log itself: so many calls before the next one are missing. */
export function formatLossRecord(count: number, { time, eventId }: { time: Date; eventId: string }): string {
  const record = {
    eventVersion: '1.11',
    eventTime: formatEventTime(time),
    eventSource,
    eventName: 'AuditRecordsLost',
    eventID: eventId,
    eventType: 'AwsServiceEvent',
    additionalEventData: { count },
  };
  return `${JSON.stringify(record)}\n`;
}

const eventSource = 'ivs.amazonaws.com';

function formatEventTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function identity(from: EndedCall['from']) {
  if (!('caller' in from)) return { type: 'Unknown', accessKeyId: from.claim.accessKeyId };
  const { arn, account, accessKeyId, userName } = from.caller;
  return { type: 'IAMUser', arn, accountId: account, accessKeyId, userName };
}

/** The ARNs that stand where the shape has one. */
function* arnsIn(shape: Shape, value: unknown): Iterable<string> {
  if (value === undefined || value === null) return;
  switch (shape['~kind']) {
    case 'Object':
      for (const [name, member] of Object.entries(shape.properties)) yield* arnsIn(member, Reflect.get(value, name));
      break;
    case 'Array':
      for (const item of value as unknown[]) yield* arnsIn(shape.items, item);
      break;
    case 'String':
      if (shape.pattern?.includes('arn:aws:ivs:')) yield String(value);
  }
}

/** None for a text that no ARN of a resource can be, as the pattern of the tag operations lets pass. */
function resource(arn: string) {
  const parsed = parseArn(arn);
  return parsed ? [{ accountId: parsed.account, type: cloudFormationType(parsed.resourceType), ARN: arn }] : [];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IVS.html */
function cloudFormationType(resourceType: ResourceType): string {
  const words = resourceType.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `AWS::IVS::${words.join('')}`;
}
