import { StageErrorCode } from '../signalling/close-codes.ts';
import type { ParticipantClaims } from './participant-claims.ts';
import { TokenRefusal } from './token-refusal.ts';
import { type ParticipantTokenVerification, verifyParticipantToken } from './verify-participant-token.ts';

/**
 * Reads a token that is to take the place of a connected participant's present one. Both must be self-signed, for the same
 * participant of the same stage, and lead to the same place; the rest may be anything that a token may say.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/exchange-tokens.html
 *
 * @throws TokenRefusal TOKEN_NOT_ALLOWED when it is for something else; else as `verifyParticipantToken`
 */
export async function exchangeParticipantToken(
  present: ParticipantClaims,
  token: string,
  verification: ParticipantTokenVerification,
): Promise<ParticipantClaims> {
  const next = await verifyParticipantToken(token, verification);
  if (!takesPlaceOf(present, next)) throw new TokenRefusal(StageErrorCode.TOKEN_NOT_ALLOWED);
  return next;
}

function takesPlaceOf(present: ParticipantClaims, next: ParticipantClaims): boolean {
  return (
    present.selfSigned &&
    next.selfSigned &&
    present.participantId === next.participantId &&
    present.stage.account === next.stage.account &&
    present.stage.region === next.stage.region &&
    present.stage.stageId === next.stage.stageId &&
    present.endpoints?.events === next.endpoints?.events &&
    present.endpoints?.whip === next.endpoints?.whip
  );
}
