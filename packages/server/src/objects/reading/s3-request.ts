import type { IncomingMessage } from 'node:http';
import { parseQuery, percentDecode, splitUrl } from '../../identity/canonical-request.ts';
import { isOlderPresigned } from '../../identity/verify-older-presigned.ts';
import { isKey } from '../local-path.ts';
import { S3Error } from './s3-error.ts';

/**
 * Where requests are routed that are signed for S3, whatever their path: it names a bucket, which may be called as a path of
 * the API is. No bucket is called so, for a name has three characters.
 */
export const s3Prefix = '/s3';

/** Parameters of a query, decoded. */
export type S3Query = ReadonlyMap<string, string>;

/** What a request is about. Without a bucket: all buckets; without a key: the bucket. */
export type S3Target = { readonly bucket: string; readonly key: string; readonly query: S3Query };

/** The path by which a request is routed. */
export function routeOfRequest(request: IncomingMessage, url: string): string {
  return isSignedForS3(request, url) || asksToRead(request) ? s3Prefix + url : url;
}

/** What a browser asks before a request that is signed by its headers, which it names. Calls of the API are POSTs. */
function asksToRead({ method, headers }: IncomingMessage): boolean {
  if (method !== 'OPTIONS') return false;
  const wanted = headers['access-control-request-method'] ?? '';
  const named = headers['access-control-request-headers'] ?? '';
  return ['GET', 'HEAD', 'DELETE'].includes(wanted) && /\bx-amz-date\b/i.test(named);
}

/** Without a look at whether the signature is right. The older version of signatures is none that the API knows. */
function isSignedForS3({ headers: { authorization } }: IncomingMessage, url: string): boolean {
  if (authorization !== undefined)
    return authorization.includes('/s3/aws4_request') || authorization.startsWith('AWS ');
  const { query } = splitUrl(url);
  const credential = /(?:^|&)X-Amz-Credential=([^&]*)/.exec(query)?.[1];
  if (credential !== undefined) return percentDecode(credential).includes('/s3/aws4_request');
  return isOlderPresigned(url);
}

/** @param url path and query as they came. @throws S3Error */
export function readTarget(url: string): S3Target {
  const { path, query } = splitUrl(url);
  const [, bucket = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const key = decode(rest);
  if (key !== '' && !isKey(key)) throw new S3Error('KeyTooLongError', 'Your key is too long');
  const parameters = parseQuery(query).map(([name, value]) => [decode(name), decode(value)] as const);
  return { bucket: decode(bucket), key, query: new Map(parameters) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(text: string): string {
  try {
    return utf8.decode(Buffer.from(percentDecode(text), 'latin1'));
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}
