import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * Signature Version 4, the client's side:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * WebCrypto is not used: browsers keep it from pages that come by http from another machine, where a console may well be.
 */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SigningScope {
  readonly region: string;
  readonly service: 'ivs' | 's3';
  readonly now: Date;
}

export interface UnsignedRequest {
  readonly method: string;
  /** Percent-encoded, as it is sent. */
  readonly url: URL;
  /** Beside `host`, in lower case; all are signed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @returns the headers to send; `host` is the browser's matter */
export function signRequest(request: UnsignedRequest, key: SigningKey, scope: SigningScope): Record<string, string> {
  const { method, url, headers = {}, body = '' } = request;
  const timestamp = formatTimestamp(scope.now);
  const sent = { ...headers, 'x-amz-date': timestamp };
  const signed: Record<string, string> = { ...sent, host: url.host };
  const names = Object.keys(signed).sort();
  const canonicalRequest = [
    method,
    canonicalPath(url, scope.service),
    canonicalQuery([...url.searchParams]),
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    names.join(';'),
    hashHex(body),
  ].join('\n');
  const signature = sign(canonicalRequest, key, scope, timestamp);
  const credential = `${key.accessKeyId}/${credentialScope(scope, timestamp)}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, authorization };
}

/** An address that whoever has it may GET for so long. */
export function presign(url: URL, key: SigningKey, scope: SigningScope, expiresSeconds: number): string {
  const timestamp = formatTimestamp(scope.now);
  const query: [string, string][] = [
    ...url.searchParams,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${key.accessKeyId}/${credentialScope(scope, timestamp)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expiresSeconds)],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const canonicalRequest = [
    'GET',
    canonicalPath(url, scope.service),
    canonicalQuery(query),
    `host:${url.host}`,
    '',
    'host',
    scope.service === 's3' ? 'UNSIGNED-PAYLOAD' : hashHex(''),
  ].join('\n');
  const signature = sign(canonicalRequest, key, scope, timestamp);
  return `${url.origin}${url.pathname}?${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sign(
  canonicalRequest: string,
  { secretAccessKey }: SigningKey,
  scope: SigningScope,
  timestamp: string,
): string {
  const { region, service } = scope;
  const steps = [timestamp.slice(0, 8), region, service, 'aws4_request'];
  const signingKey = steps.reduce(
    (key, step) => hmac(sha256, key, utf8ToBytes(step)),
    utf8ToBytes(`AWS4${secretAccessKey}`),
  );
  const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${credentialScope(scope, timestamp)}\n${hashHex(canonicalRequest)}`;
  return bytesToHex(hmac(sha256, signingKey, utf8ToBytes(stringToSign)));
}

function credentialScope({ region, service }: SigningScope, timestamp: string): string {
  return `${timestamp.slice(0, 8)}/${region}/${service}/aws4_request`;
}

/** What is encoded already is encoded once more, but for S3. */
function canonicalPath({ pathname }: URL, service: SigningScope['service']): string {
  return service === 's3' ? pathname : pathname.split('/').map(encodeComponent).join('/');
}

function canonicalQuery(parameters: readonly (readonly [string, string])[]): string {
  return parameters
    .map(([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`)
    .sort()
    .join('&');
}

function formatTimestamp(date: Date): string {
  return `${date.toISOString().replace(/[-:]|\.\d{3}/g, '')}`;
}

function hashHex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
