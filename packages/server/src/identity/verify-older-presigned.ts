import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  IncompleteSignatureException,
  InvalidSignatureException,
  UnrecognizedClientException,
} from '@proscenium/model';
import type { AccessKeys } from './access-keys.ts';
import { formatTimestamp } from './basic-timestamp.ts';
import { percentDecode, type SignedRequest, splitUrl } from './canonical-request.ts';
import { userArn } from './user-arn.ts';
import type { Principal } from './verify-signature.ts';

/**
 * Parameters that are signed with the path:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#ConstructingTheCanonicalizedResourceElement
 */
const signedParameters = new Set([
  ...['acl', 'lifecycle', 'location', 'logging', 'notification', 'partNumber', 'policy', 'requestPayment', 'tagging'],
  ...['torrent', 'uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website', 'delete', 'cors'],
  ...['response-cache-control', 'response-content-disposition', 'response-content-encoding'],
  ...['response-content-language', 'response-content-type', 'response-expires'],
]);

/** Whether an address of S3 was signed by Signature Version 2, as boto3 and the AWS CLI do by default in older regions. */
export function isOlderPresigned(rawUrl: string): boolean {
  return /(?:^|&)AWSAccessKeyId=/.test(splitUrl(rawUrl).query);
}

/**
 * Verifies such an address. The version is older, and covers less of a request, but with it one gets to no other object.
 *
 * @param rules.region that the request is taken to be for, since it names none
 * @throws IncompleteSignatureException a part is missing or malformed
 * @throws UnrecognizedClientException unknown access key or session token
 * @throws InvalidSignatureException expired, or a signature that does not match
 */
export function verifyOlderPresigned(
  { method, rawUrl, rawHeaders }: Pick<SignedRequest, 'method' | 'rawUrl' | 'rawHeaders'>,
  { accessKeys, now, region }: { accessKeys: AccessKeys; now: Date; region: string },
): Principal {
  const { path, query } = splitUrl(rawUrl);
  const parameters = query.split('&').map((parameter): readonly [name: string, value?: string] => {
    const equals = parameter.indexOf('=');
    if (equals === -1) return [percentDecode(parameter)];
    return [percentDecode(parameter.slice(0, equals)), percentDecode(parameter.slice(equals + 1))];
  });
  const expires = readOnce(parameters, 'Expires');
  const accessKey = accessKeys.find(readOnce(parameters, 'AWSAccessKeyId'));
  const hasToken = parameters.some(([name]) => name.toLowerCase() === 'x-amz-security-token');
  if (accessKey === undefined || hasToken) throw new UnrecognizedClientException();
  if (!/^\d{1,12}$/.test(expires)) throw new IncompleteSignatureException("'Expires' must be a time in seconds.");

  const resource = parameters
    .filter(([name]) => signedParameters.has(name))
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map((parameter) => parameter.join('='))
    .join('&');
  const signed = [
    method,
    headerOf(rawHeaders, 'content-md5'),
    headerOf(rawHeaders, 'content-type'),
    expires,
    resource === '' ? path : `${path}?${resource}`,
  ].join('\n');
  const expected = createHmac('sha1', accessKey.secretAccessKey).update(Buffer.from(signed, 'latin1')).digest();
  const given = Buffer.from(readOnce(parameters, 'Signature'), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(expected, given)) throw new InvalidSignatureException();
  if (Number(expires) * 1_000 < now.getTime()) {
    const expiry = formatTimestamp(new Date(Number(expires) * 1_000));
    throw new InvalidSignatureException(`Signature expired: ${expiry} is now earlier than ${formatTimestamp(now)}`);
  }
  const { account, userName, accessKeyId } = accessKey;
  return { account, region, accessKeyId, userName, arn: userArn(account, userName) };
}

function readOnce(parameters: readonly (readonly [name: string, value?: string])[], name: string): string {
  const [only, ...more] = parameters.filter((parameter) => parameter[0] === name);
  if (only?.[1] === undefined || more.length > 0) {
    throw new IncompleteSignatureException(`Query requires '${name}' parameter, once.`);
  }
  return only[1];
}

function headerOf(rawHeaders: readonly string[], name: string): string {
  const index = rawHeaders.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name);
  return index === -1 ? '' : (rawHeaders[index + 1] ?? '').trim();
}
