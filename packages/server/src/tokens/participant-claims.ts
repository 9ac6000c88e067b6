import type { StageRef } from '../participants/live-stages.ts';

/** What a good participant token says. */
export type ParticipantClaims = {
  participantId: string;
  stage: StageRef;
  /** Empty when the token names none. */
  userId: string;
  /** Empty when the token has none. */
  attributes: Record<string, string>;
  capabilities: { publish: boolean; subscribe: boolean };
  expiresAt: Date;
  issuedAt?: Date;
  /** Whether the customer signed it, not the service. */
  selfSigned: boolean;
  /** Where it leads its client: of self-signed tokens. Not compared with anything but a token that is to take its place. */
  endpoints?: { events: string; whip: string };
};
