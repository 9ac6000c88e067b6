import type { Operation } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { pythonText } from '../json/python-text.ts';
import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import type { JsonObject } from '../json/value.ts';
import type { HttpAnswer } from './exchange.ts';

/** The headers that the model has as members of errors. */
const errorHeaders = [
  ['accessControlAllowOrigin', 'access-control-allow-origin'],
  ['accessControlExposeHeaders', 'access-control-expose-headers'],
  ['cacheControl', 'cache-control'],
  ['contentSecurityPolicy', 'content-security-policy'],
  ['strictTransportSecurity', 'strict-transport-security'],
  ['xContentTypeOptions', 'x-content-type-options'],
  ['xFrameOptions', 'x-frame-options'],
  ['xAmznErrorType', 'x-amzn-errortype'],
] as const;

/** An error that the service answered with. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  /** What the model has besides. */
  readonly members: JsonObject;
}

export function readServiceError({ status, reason, headers, body }: HttpAnswer, { errors }: Operation): ServiceError {
  const fields = readFields(body);
  const text = (...names: string[]) => {
    const value = names.map((name) => fields.get(name)).find((each) => each !== undefined && each !== null);
    return value === undefined || value === null ? undefined : pythonText(value);
  };
  if (status >= 500 && (body === '' || body.trimStart().toLowerCase().startsWith('<html>'))) {
    return { code: String(status), message: reason, members: new Map() };
  }
  const named = headers['x-amzn-errortype'];
  const written = (typeof named === 'string' ? named : undefined) ?? text('code', 'Code', '__type') ?? String(status);
  const code = (written.split(':')[0] ?? '').split('#').at(-1) ?? '';
  const isModelled = fields.has('exceptionMessage') || errors.some((each) => each === code);
  const members: JsonObject = new Map();
  if (isModelled) {
    for (const [member, header] of errorHeaders) {
      const value = headers[header];
      if (typeof value === 'string') members.set(member, value);
    }
    const exceptionMessage = fields.get('exceptionMessage');
    if (exceptionMessage !== undefined && exceptionMessage !== null) members.set('exceptionMessage', exceptionMessage);
  }
  return { code, message: text('message', 'Message') ?? '', members };
}

/** What a proxy says instead is no JSON, and has none. */
function readFields(body: string): JsonObject {
  try {
    const value = readJson(body);
    return value instanceof Map ? value : new Map();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return new Map();
  }
}

export function serviceFailure(operation: string, error: ServiceError, retries: number): CommandFailure {
  const reached = retries > 0 ? ` (reached max retries: ${retries})` : '';
  return new CommandFailure(
    'Service',
    `An error occurred (${error.code}) when calling the ${operation} operation${reached}: ${error.message}`,
    {
      answered: {
        code: error.code,
        members: new Map([['Message', error.message], ['Code', error.code], ...error.members]),
      },
    },
  );
}
