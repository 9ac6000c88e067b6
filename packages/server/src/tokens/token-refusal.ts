import type { Clock } from '../clock.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';

const messages: Partial<Record<StageErrorCode, string>> = {
  [StageErrorCode.TOKEN_MALFORMED]: 'The token is malformed',
  [StageErrorCode.TOKEN_EXPIRED]: 'The token has expired',
  [StageErrorCode.TOKEN_NOT_ALLOWED]: 'The token cannot take the place of the present one',
  [StageErrorCode.STAGE_DELETED]: 'The stage was deleted',
  [StageErrorCode.PARTICIPANT_DISCONNECTED]: 'The participant was disconnected from the stage',
};

/** A token that does not let its bearer in. Nothing of the token is in it. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  readonly code: StageErrorCode;

  constructor(code: StageErrorCode) {
    super(messages[code]);
    this.code = code;
  }
}

export function malformed(): TokenRefusal {
  return new TokenRefusal(StageErrorCode.TOKEN_MALFORMED);
}

/** @throws TokenRefusal TOKEN_EXPIRED */
export function checkUnexpired(expiresAt: Date, clock: Clock): void {
  if (expiresAt.getTime() <= clock.now().getTime()) throw new TokenRefusal(StageErrorCode.TOKEN_EXPIRED);
}
