import { createHmac, hash } from 'node:crypto';
import { formatTimestamp } from './basic-timestamp.ts';
import { canonicalHeaders, canonicalPath, canonicalQuery, parseQuery } from './canonical-request.ts';
import { deriveSigningKey, scopeTerminator } from './signing-keys.ts';

/** What the server itself signs with when it calls others. Secret and token must never reach a log or an error. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly url: URL;
  /** Beside `host`, in lower case and ASCII; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Signing {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

/** Signs a POST by Signature Version 4. @returns the headers to send */
export function signPost(request: UnsignedRequest, signing: Signing): Record<string, string> {
  return signRequest('POST', request, signing);
}

/** Signs a request of another method. @returns the headers to send */
export function signRequest(
  method: string,
  { url, headers, body }: UnsignedRequest,
  { credentials, region, service, now }: Signing,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const timestamp = formatTimestamp(now);
  const day = timestamp.slice(0, 8);
  const sent: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': timestamp,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(sent).sort();
  const canonicalRequest = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(parseQuery(url.search.slice(1))),
    canonicalHeaders(names, new Map(Object.entries(sent))),
    names.join(';'),
    hash('sha256', body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/${scopeTerminator}`;
  const stringToSign = ['AWS4-HMAC-SHA256', timestamp, scope, hash('sha256', canonicalRequest)].join('\n');
  const signature = createHmac('sha256', deriveSigningKey(secretAccessKey, { day, region, service }))
    .update(stringToSign)
    .digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, authorization };
}
