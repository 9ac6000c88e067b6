import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { InvalidSignatureException, UnrecognizedClientException } from '@proscenium/model';
import type { AccessKeys } from './access-keys.ts';
import { formatTimestamp } from './basic-timestamp.ts';
import {
  canonicalHeaders,
  canonicalObjectPath,
  canonicalPath,
  canonicalQuery,
  collectHeaders,
  parseQuery,
  type SignedRequest,
  splitUrl,
} from './canonical-request.ts';
import { readSignature, type Signature } from './signature.ts';
import { type SigningKeys, type SigningService, scopeTerminator } from './signing-keys.ts';
import { userArn } from './user-arn.ts';

/** Who made a call, proven by its signature. */
export type Principal = {
  account: string;
  /** The region that the call is for: the one in the credential scope. */
  region: string;
  accessKeyId: string;
  userName: string;
  /** `arn:aws:iam::<account>:user/<name>` */
  arn: string;
};

export type VerificationRules = {
  accessKeys: AccessKeys;
  /** Regions that a credential scope may name. */
  regions: readonly string[];
  /** Of the service that requests must be signed for. */
  signingKeys: SigningKeys;
  now: Date;
  /**
   * Host, with its port unless that is the scheme's own, under which clients know the server when a proxy in front puts
   * another `Host` in their requests. Undefined: the one that arrives is the one that was signed.
   */
  publicHost?: string | undefined;
};

/** What is signed for a body that the signature does not cover, presigned as a rule. */
const unsignedBody = 'UNSIGNED-PAYLOAD';

const maxSkewMinutes = 5;
const maxSkewMs = maxSkewMinutes * 60_000;

/**
 * Verifies the Signature Version 4 of a request, in the header form or the presigned one.
 *
 * @throws MissingAuthenticationTokenException no signature at all
 * @throws IncompleteSignatureException a part is missing or malformed
 * @throws UnrecognizedClientException unknown access key or session token
 * @throws InvalidSignatureException wrong scope, date out of range, or a signature that does not match
 */
export function verifySignature(request: SignedRequest, rules: VerificationRules): Principal {
  const { path, query } = splitUrl(request.rawUrl);
  const headers = collectHeaders(request.rawHeaders);
  const signature = readSignature(headers, parseQuery(query));
  const accessKey = rules.accessKeys.find(signature.accessKeyId);
  if (accessKey === undefined || signature.sessionToken !== undefined) {
    throw new UnrecognizedClientException();
  }
  const { service } = rules.signingKeys;
  checkScope(signature, rules.regions, service);
  checkDate(signature, rules.now);
  const { bodySha256 = signature.claimedBodySha256 ?? unsignedBody } = request;
  checkSignedParts(signature, headers, bodySha256);

  const signedPath = service === 's3' ? canonicalObjectPath(path) : canonicalPath(path);
  const { day, region } = signature.scope;
  const signingKey = rules.signingKeys.find(accessKey, day, region);
  const isSignedWith = (headersAsSigned: ReadonlyMap<string, string>): boolean => {
    const stringToSign = [
      'AWS4-HMAC-SHA256',
      signature.timestamp,
      `${day}/${region}/${service}/${scopeTerminator}`,
      hashRequest({ method: request.method, path: signedPath, bodySha256 }, signature, headersAsSigned),
    ].join('\n');
    const expected = createHmac('sha256', signingKey).update(stringToSign).digest();
    return timingSafeEqual(expected, Buffer.from(signature.signature, 'hex'));
  };
  if (!isSignedWith(headers) && !asKnownToClients(headers, rules).some(isSignedWith)) {
    throw new InvalidSignatureException();
  }
  const { account, userName, accessKeyId } = accessKey;
  return { account, region, accessKeyId, userName, arn: userArn(account, userName) };
}

function hashRequest(
  { method, path, bodySha256 }: { method: string; path: string; bodySha256: string },
  { query, signedHeaders }: Signature,
  headers: ReadonlyMap<string, string>,
): string {
  const canonicalRequest = [
    method,
    path,
    canonicalQuery(query),
    canonicalHeaders(signedHeaders, headers),
    signedHeaders.join(';'),
    bodySha256,
  ].join('\n');
  return hash('sha256', Buffer.from(canonicalRequest, 'latin1'));
}

/** The headers with the public host in them, if that is not what arrived. It comes from the settings, never from a request. */
function asKnownToClients(
  headers: ReadonlyMap<string, string>,
  { publicHost }: VerificationRules,
): ReadonlyMap<string, string>[] {
  if (publicHost === undefined || publicHost === headers.get('host')) return [];
  return [new Map([...headers, ['host', publicHost]])];
}

function checkScope({ scope, timestamp }: Signature, regions: readonly string[], service: SigningService): void {
  const faults: string[] = [];
  if (!regions.includes(scope.region)) faults.push('Credential should be scoped to a valid region.');
  if (scope.service !== service) {
    faults.push(`Credential should be scoped to correct service: '${service}'.`);
  }
  if (scope.terminator !== scopeTerminator) {
    faults.push(`Credential should be scoped with a valid terminator: '${scopeTerminator}'.`);
  }
  if (scope.day !== timestamp.slice(0, 8)) {
    faults.push('Date in Credential scope does not match the day on which the request was signed.');
  }
  if (faults.length > 0) throw new InvalidSignatureException(faults.join(' '));
}

function checkDate({ signedAt, timestamp, expiresSeconds }: Signature, now: Date): void {
  const ageMs = now.getTime() - signedAt.getTime();
  const text = (date: Date | number) => formatTimestamp(new Date(date));
  if (ageMs < -maxSkewMs) {
    const latest = text(now.getTime() + maxSkewMs);
    throw new InvalidSignatureException(
      `Signature not yet current: ${timestamp} is still later than ${latest} (${text(now)} + ${maxSkewMinutes} min.)`,
    );
  }
  if (expiresSeconds === undefined && ageMs > maxSkewMs) {
    const earliest = text(now.getTime() - maxSkewMs);
    throw new InvalidSignatureException(
      `Signature expired: ${timestamp} is now earlier than ${earliest} (${text(now)} - ${maxSkewMinutes} min.)`,
    );
  }
  if (expiresSeconds !== undefined && ageMs > expiresSeconds * 1_000) {
    const expiry = text(signedAt.getTime() + expiresSeconds * 1_000);
    throw new InvalidSignatureException(`Signature expired: ${expiry} is now earlier than ${text(now)}`);
  }
}

function checkSignedParts(signature: Signature, headers: ReadonlyMap<string, string>, bodySha256: string): void {
  if (!signature.signedHeaders.includes('host')) {
    throw new InvalidSignatureException("'host' must be one of the SignedHeaders.");
  }
  const absent = signature.signedHeaders.some((name) => !headers.has(name));
  if (absent) throw new InvalidSignatureException('A header that SignedHeaders lists is not in the request.');
  if (signature.claimedBodySha256 !== undefined && signature.claimedBodySha256 !== bodySha256) {
    throw new InvalidSignatureException(
      "'x-amz-content-sha256' must be the SHA-256 of the body in lower-case hex digits.",
    );
  }
  if (!/^[0-9a-f]{64}$/.test(signature.signature)) throw new InvalidSignatureException();
}
