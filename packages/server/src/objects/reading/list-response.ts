import type { ListedPage, Listing } from './list-objects.ts';
import { S3Error } from './s3-error.ts';
import type { S3Query } from './s3-request.ts';
import { type XmlContent, xmlDocument } from './xml.ts';

const longestPage = 1_000;

/** @throws S3Error */
export function readListing(query: S3Query): Listing {
  const isSecond = query.get('list-type') === '2';
  const token = query.get('continuation-token');
  const begins = isSecond ? query.get('start-after') : query.get('marker');
  const encoding = query.get('encoding-type');
  if (encoding !== undefined && encoding !== 'url') {
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: isSecond && token !== undefined ? readToken(token) : (begins ?? ''),
    limit: readLimit(query.get('max-keys')),
  };
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, and the older form, which clients use still.
 *
 * @param owner account of the bucket
 */
export function writeListing(
  query: S3Query,
  { bucket, account: owner }: { bucket: string; account: string },
  listing: Listing,
  page: ListedPage,
): string {
  const { prefix, delimiter, limit } = listing;
  const { objects, prefixes, next } = page;
  const isSecond = query.get('list-type') === '2';
  const encode = query.has('encoding-type') ? encodeKey : (text: string) => text;
  const tellsOwner = !isSecond || query.get('fetch-owner') === 'true';
  const position: XmlContent = isSecond
    ? {
        KeyCount: objects.length + prefixes.length,
        ContinuationToken: query.get('continuation-token'),
        NextContinuationToken: next === undefined ? undefined : writeToken(next),
        StartAfter: encodeIfThere(query.get('start-after'), encode),
      }
    : {
        Marker: encode(query.get('marker') ?? ''),
        // Without a delimiter, clients go on from the last key.
        NextMarker: delimiter === '' ? undefined : encodeIfThere(next, encode),
      };
  return xmlDocument('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: query.get('encoding-type'),
    IsTruncated: next !== undefined,
    ...position,
    Contents: objects.map(({ key, facts }) => ({
      Key: encode(key),
      LastModified: facts.modifiedAt.toISOString(),
      ETag: facts.etag,
      Size: facts.bytes,
      StorageClass: 'STANDARD',
      Owner: tellsOwner ? { ID: owner } : undefined,
    })),
    CommonPrefixes: prefixes.map((each) => ({ Prefix: encode(each) })),
  });
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return longestPage;
  if (!/^\d{1,9}$/.test(text))
    throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(longestPage, Number(text));
}

function writeToken(after: string): string {
  return Buffer.from(after).toString('base64url');
}

function readToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (after === '' || writeToken(after) !== token) {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return after;
}

function encodeIfThere(text: string | undefined, encode: (text: string) => string): string | undefined {
  return text === undefined ? undefined : encode(text);
}

function encodeKey(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
