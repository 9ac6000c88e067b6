import { IncompleteSignatureException, MissingAuthenticationTokenException } from '@proscenium/model';
import type { AccessKeys } from './access-keys.ts';
import { collectHeaders, parseQuery, type SignedRequest, splitUrl } from './canonical-request.ts';
import { readSignature } from './signature.ts';

/** Whom a request says that it is from, true or not. */
export type Claim = { accessKeyId?: string; region?: string };

export type ClaimRules = { accessKeys: AccessKeys; regions: readonly string[] };

/**
 * What the signature of a request claims, as far as it may be written down: a region that there is, and an access key
 * id that is known or looks like one. A caller may have mixed up the id and the secret.
 */
export function readClaim(
  { rawUrl, rawHeaders }: Pick<SignedRequest, 'rawUrl' | 'rawHeaders'>,
  { accessKeys, regions }: ClaimRules,
): Claim {
  try {
    const { accessKeyId, scope } = readSignature(collectHeaders(rawHeaders), parseQuery(splitUrl(rawUrl).query));
    const isKeyId = accessKeys.find(accessKeyId) !== undefined || usualForm.test(accessKeyId);
    return { ...(isKeyId && { accessKeyId }), ...(regions.includes(scope.region) && { region: scope.region }) };
  } catch (error) {
    // Nothing that could be read as a signature claims nothing.
    if (error instanceof IncompleteSignatureException || error instanceof MissingAuthenticationTokenException)
      return {};
    throw error;
  }
}

const usualForm = /^[A-Z0-9]{16,128}$/;
