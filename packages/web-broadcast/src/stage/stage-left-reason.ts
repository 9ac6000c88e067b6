/** Why the client is out of the stage. */
export const StageLeftReason = {
  /** By `leave()`, or because the page went away. */
  USER_INITIATED: 'user-initiated',
  /** Disconnected by the API. */
  PARTICIPANT_DISCONNECTED: 'participant-disconnected',
  /** The stage was deleted. */
  STAGE_DELETED: 'stage-deleted',
  /** Another client joined with the same token. */
  TOKEN_REUSED: 'token-reused',
  /** The server did not take the token that it was to exchange. */
  FAILED_EXCHANGE: 'failed-exchange',
  REAL_TIME_CONNECTION_FORCED_LEAVE: 'real-time-connection-forced-leave',
  REAL_TIME_CONNECTION_TOKEN_REVOCATION: 'real-time-connection-token-revocation',
  /** Anything else. */
  UNKNOWN: 'unknown',
} as const;
export type StageLeftReason = (typeof StageLeftReason)[keyof typeof StageLeftReason];
