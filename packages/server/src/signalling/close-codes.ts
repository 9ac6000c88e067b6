import { ConnectionErrorCode } from '../tokens/connection-refusal.ts';

/** Why a participant is out of a stage: the web client's left reasons. */
export type LeftReason =
  | 'user-initiated'
  | 'participant-disconnected'
  | 'stage-deleted'
  | 'token-reused'
  | 'failed-exchange'
  | 'real-time-connection-token-revocation';

/** The web client's error codes. */
export const StageErrorCode = {
  TOKEN_MALFORMED: 1,
  TOKEN_EXPIRED: 2,
  TIMEOUT: 3,
  FAILED: 4,
  CANCELED: 5,
  STAGE_AT_CAPACITY: 6,
  CODEC_MISMATCH: 7,
  TOKEN_NOT_ALLOWED: 8,
  STAGE_DELETED: 9,
  PARTICIPANT_DISCONNECTED: 10,
} as const;
export type StageErrorCode = (typeof StageErrorCode)[keyof typeof StageErrorCode];

/** How an events socket is closed (docs/signalling.md, table of close codes). */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

const leftCodes: Readonly<Record<LeftReason, number>> = {
  'user-initiated': 1000,
  'participant-disconnected': 4100,
  'stage-deleted': 4101,
  'token-reused': 4102,
  'failed-exchange': 4103,
  'real-time-connection-token-revocation': 4104,
};

export function closeForLeft(reason: LeftReason): SocketClose {
  return { code: leftCodes[reason], reason };
}

export function closeForRefusal(code: StageErrorCode): SocketClose {
  const [name = ''] = Object.entries(StageErrorCode).find(([, value]) => value === code) ?? [];
  return { code: 4000 + code, reason: name };
}

/** Close codes end at 4999: the web client's codes of real-time connections lose their thousand. */
export function closeForConnectionRefusal(reason: keyof typeof ConnectionErrorCode): SocketClose {
  return { code: 3000 + ConnectionErrorCode[reason], reason };
}

export const GOING_AWAY: SocketClose = { code: 1001, reason: 'server is going away' };
