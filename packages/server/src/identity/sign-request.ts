import { createHmac, hash } from 'node:crypto';
import { canonicalHeaders, canonicalPath, canonicalQuery, parseQuery } from './canonical-request.ts';
import { formatTimestamp } from './signature.ts';
import { deriveSigningKey, scopeTerminator } from './signing-keys.ts';

/** What the server itself signs with when it calls others. Secret and token must never reach a log or an error. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/**
 * Signs a POST by Signature Version 4.
 *
 * @param headers beside `host`, in lower case and ASCII; all of them are signed
 * @returns the headers to send
 */
export function signPost(
  { url, headers, body }: { url: URL; headers: Readonly<Record<string, string>>; body: string },
  { credentials, region, service, now }: { credentials: Credentials; region: string; service: string; now: Date },
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
    'POST',
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
