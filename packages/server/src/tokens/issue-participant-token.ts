import { type KeyObject, sign } from 'node:crypto';
import {
  checkAttributes,
  createParticipantId,
  formatArn,
  type ParticipantToken,
  type ParticipantTokenCapability,
  type RandomBytes,
  type StageEndpoints,
} from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { SigningKey } from './signing-key.ts';
import { serviceTokenHeader, type TokenPayload, tokenDigest } from './token-format.ts';

const defaultDurationMinutes = 720;

export type IssuedToken = ParticipantToken &
  Required<Pick<ParticipantToken, 'participantId' | 'token' | 'expirationTime'>>;

/**
 * Makes a participant token: `header.payload.signature`, where the signature is ECDSA with SHA-384 in DER form.
 * What was asked for is repeated in the answer, what was left to its default is not.
 *
 * @throws ValidationException when the attributes are too large
 */
export async function issueParticipantToken({
  stage,
  endpoints,
  durationMinutes,
  userId,
  attributes,
  capabilities,
  signingKey,
  clock,
  random,
}: {
  stage: StageRef;
  endpoints: Pick<Required<StageEndpoints>, 'events' | 'whip'>;
  /** Default 720, 12 hours. */
  durationMinutes?: number;
  userId?: string;
  attributes?: Record<string, string>;
  /** Default both; an empty list is a participant that may do neither. */
  capabilities?: readonly ParticipantTokenCapability[];
  signingKey: SigningKey;
  clock: Clock;
  random?: RandomBytes;
}): Promise<IssuedToken> {
  if (attributes !== undefined) checkAttributes(attributes);
  const granted = new Set<ParticipantTokenCapability>(capabilities ?? ['PUBLISH', 'SUBSCRIBE']);
  const participantId = createParticipantId(random);
  const issuedAtSeconds = Math.floor(clock.now().getTime() / 1000);
  const expiresAtSeconds = issuedAtSeconds + (durationMinutes ?? defaultDurationMinutes) * 60;
  const payload: TokenPayload = {
    exp: expiresAtSeconds,
    iat: issuedAtSeconds,
    jti: participantId,
    resource: formatArn({ account: stage.account, region: stage.region, resourceType: 'stage', id: stage.stageId }),
    topic: stage.stageId,
    events_url: endpoints.events,
    whip_url: endpoints.whip,
    ...(userId !== undefined && { user_id: userId }),
    ...(attributes !== undefined && { attributes }),
    capabilities: { allow_publish: granted.has('PUBLISH'), allow_subscribe: granted.has('SUBSCRIBE') },
    version: '0.3',
  };
  return {
    participantId,
    token: await signToken(payload, signingKey.privateKey),
    ...(userId !== undefined && { userId }),
    ...(attributes !== undefined && { attributes }),
    ...(durationMinutes !== undefined && { duration: durationMinutes }),
    ...(capabilities !== undefined && { capabilities: [...granted] }),
    expirationTime: new Date(expiresAtSeconds * 1000),
  };
}

async function signToken(payload: TokenPayload, privateKey: KeyObject): Promise<string> {
  const signed = `${encode(serviceTokenHeader)}.${encode(payload)}`;
  // The callback form works in the thread pool: a signature takes about a millisecond.
  const signature = await new Promise<Buffer>((resolve, reject) => {
    sign(tokenDigest, Buffer.from(signed), { key: privateKey, dsaEncoding: 'der' }, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
