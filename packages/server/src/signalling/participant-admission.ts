import type { ParticipantClaims } from '../tokens/participant-claims.ts';

/** What signalling asks of tokens. */
export interface ParticipantAdmission {
  /** Reads and checks a token. @throws {TokenRefusal} when it is malformed, forged or expired */
  verify(token: string): Promise<ParticipantClaims>;
  /** The same for a token that may have expired. @throws {TokenRefusal} when it is malformed or forged */
  identify(token: string): Promise<ParticipantClaims>;
  /** @throws {TokenRefusal | StageRefusal} when the stage is gone, or is not for this participant */
  admit(claims: ParticipantClaims): Promise<void>;
}
