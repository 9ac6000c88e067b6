import { IncompleteSignatureException, MissingAuthenticationTokenException } from '@proscenium/model';
import { formatTimestamp } from './basic-timestamp.ts';
import type { CanonicalQuery } from './canonical-request.ts';

/** What a client says about its signature, from the `Authorization` header or from a presigned query. */
export type Signature = {
  accessKeyId: string;
  scope: { day: string; region: string; service: string; terminator: string };
  /** Lower-case, sorted, each once. */
  signedHeaders: readonly string[];
  /** As given; not yet known to be hex digits. */
  signature: string;
  signedAt: Date;
  /** `YYYYMMDDTHHMMSSZ`, as in the text that is signed. */
  timestamp: string;
  /** Set in the presigned form alone. */
  expiresSeconds?: number;
  /** What the client says that the body's hash is, if it does. */
  claimedBodySha256?: string;
  sessionToken?: string;
  /** The query that is signed: without the signature itself. */
  query: CanonicalQuery;
};

const algorithm = 'AWS4-HMAC-SHA256';
const queryNames = {
  algorithm: 'X-Amz-Algorithm',
  credential: 'X-Amz-Credential',
  date: 'X-Amz-Date',
  expires: 'X-Amz-Expires',
  signedHeaders: 'X-Amz-SignedHeaders',
  signature: 'X-Amz-Signature',
} as const;
const optionalQueryNames = { bodySha256: 'X-Amz-Content-Sha256', sessionToken: 'X-Amz-Security-Token' } as const;
const maxExpiresSeconds = 7 * 24 * 60 * 60;

/**
 * Reads the signature of a request in whichever of the two forms it has.
 *
 * @throws MissingAuthenticationTokenException when there is none
 * @throws IncompleteSignatureException naming the part that is missing or malformed
 */
export function readSignature(headers: ReadonlyMap<string, string>, query: CanonicalQuery): Signature {
  const authorization = headers.get('authorization') ?? '';
  const presigned = query.some(([name]) => name === queryNames.algorithm || name === queryNames.signature);
  if (authorization !== '' && presigned) {
    throw new IncompleteSignatureException(
      'A request is signed by its Authorization header or by its query, not both.',
    );
  }
  if (presigned) return readQueryForm(headers, query);
  if (authorization === '') throw new MissingAuthenticationTokenException();
  return readHeaderForm(authorization, headers, query);
}

function readHeaderForm(authorization: string, headers: ReadonlyMap<string, string>, query: CanonicalQuery): Signature {
  const [scheme, ...rest] = authorization.split(' ');
  if (scheme !== algorithm) {
    throw new IncompleteSignatureException(`Authorization header requires the algorithm ${algorithm}.`);
  }
  const parts = readAuthorizationParts(rest.join(' '));
  const date = headers.get('x-amz-date') ?? headers.get('date');
  const missing = ['Credential', 'SignedHeaders', 'Signature']
    .filter((name) => !parts.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (date === undefined)
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (missing.length > 0) throw new IncompleteSignatureException(missing.join(' '));
  return {
    ...readCredential(parts.get('Credential') ?? ''),
    ...readDate(date ?? ''),
    signedHeaders: readSignedHeaders(parts.get('SignedHeaders') ?? ''),
    signature: parts.get('Signature') ?? '',
    claimedBodySha256: headers.get('x-amz-content-sha256'),
    sessionToken: headers.get('x-amz-security-token'),
    query,
  };
}

function readAuthorizationParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name, value, ...more] = part.trim().split('=');
    if (name === undefined || value === undefined || more.length > 0 || parts.has(name)) {
      throw new IncompleteSignatureException(
        'Authorization header requires a list of name=value parameters, each once.',
      );
    }
    if (value !== '') parts.set(name, value);
  }
  return parts;
}

function readQueryForm(headers: ReadonlyMap<string, string>, query: CanonicalQuery): Signature {
  const missing = Object.values(queryNames).filter((name) => !query.some((parameter) => parameter[0] === name));
  if (missing.length > 0) {
    throw new IncompleteSignatureException(missing.map((name) => `Query requires '${name}' parameter.`).join(' '));
  }
  if (readParameter(query, queryNames.algorithm) !== algorithm) {
    throw new IncompleteSignatureException(`'${queryNames.algorithm}' must be ${algorithm}.`);
  }
  const expires = readParameter(query, queryNames.expires) ?? '';
  const expiresSeconds = /^[0-9]{1,6}$/.test(expires) ? Number(expires) : 0;
  if (expiresSeconds < 1 || expiresSeconds > maxExpiresSeconds) {
    throw new IncompleteSignatureException(
      `'${queryNames.expires}' must be between 1 and ${maxExpiresSeconds} seconds.`,
    );
  }
  return {
    ...readCredential(readParameter(query, queryNames.credential) ?? ''),
    ...readDate(readParameter(query, queryNames.date) ?? ''),
    signedHeaders: readSignedHeaders(readParameter(query, queryNames.signedHeaders) ?? ''),
    signature: readParameter(query, queryNames.signature) ?? '',
    expiresSeconds,
    claimedBodySha256: readParameter(query, optionalQueryNames.bodySha256) ?? headers.get('x-amz-content-sha256'),
    sessionToken: readParameter(query, optionalQueryNames.sessionToken) ?? headers.get('x-amz-security-token'),
    query: query.filter(([name]) => name !== queryNames.signature),
  };
}

function readParameter(query: CanonicalQuery, name: string): string | undefined {
  const values = query.filter((parameter) => parameter[0] === name).map(([, value]) => value);
  if (values.length > 1) throw new IncompleteSignatureException(`Query has '${name}' parameter more than once.`);
  // Percent-encoded bytes that are no UTF-8 stay encoded, and then are nothing that any of these parameters may be.
  return values[0]?.replace(/%([0-7][0-9A-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function readCredential(credential: string): Pick<Signature, 'accessKeyId' | 'scope'> {
  const [accessKeyId, day, region, service, terminator, ...more] = credential.split('/');
  if (!accessKeyId || !day || !region || !service || !terminator || more.length > 0) {
    throw new IncompleteSignatureException(
      "'Credential' must be an access key id and a scope of date, region, service and terminator, with slashes between.",
    );
  }
  return { accessKeyId, scope: { day, region, service, terminator } };
}

function readSignedHeaders(text: string): readonly string[] {
  const names = text.split(';');
  const inOrder = names.every((name, index) => index === 0 || name > (names[index - 1] ?? ''));
  if (!inOrder || names.includes('') || text !== text.toLowerCase()) {
    throw new IncompleteSignatureException("'SignedHeaders' must be lower-case, sorted and without repetition.");
  }
  return names;
}

const isoBasic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** RFC 9110 section 5.6.7, the preferred form. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

function readDate(text: string): Pick<Signature, 'signedAt' | 'timestamp'> {
  const basic = isoBasic.test(text);
  const signedAt = new Date(basic ? text.replace(isoBasic, '$1-$2-$3T$4:$5:$6Z') : text);
  if ((!basic && !httpDate.test(text)) || Number.isNaN(signedAt.getTime())) {
    throw new IncompleteSignatureException("Date must be in ISO-8601 basic format, 'YYYYMMDDTHHMMSSZ'.");
  }
  return { signedAt, timestamp: basic ? text : formatTimestamp(signedAt) };
}
