import { RealTimeConnectionErrorCode } from '../real-time-connection/real-time-connection-error.ts';
import { isStageErrorCode, StageErrorCode } from '../stage/stage-error.ts';
import { StageLeftReason } from '../stage/stage-left-reason.ts';

/** What the end of an events socket means. */
export type ConnectionEnd =
  /** Out of the stage. */
  | { readonly cause: 'left'; readonly reason: StageLeftReason }
  /** The token was not let in. */
  | {
      readonly cause: 'refused';
      readonly code: StageErrorCode;
      readonly detail?: string;
      /** Where it was a connection token that was not taken. */
      readonly connectionCode?: RealTimeConnectionErrorCode;
    }
  /** To be connected again. */
  | { readonly cause: 'lost' };

const leftReasons = new Map<number, StageLeftReason>([
  [1000, StageLeftReason.USER_INITIATED],
  [4100, StageLeftReason.PARTICIPANT_DISCONNECTED],
  [4101, StageLeftReason.STAGE_DELETED],
  [4102, StageLeftReason.TOKEN_REUSED],
  [4103, StageLeftReason.FAILED_EXCHANGE],
  [4104, StageLeftReason.REAL_TIME_CONNECTION_TOKEN_REVOCATION],
]);
const connectionCodes = new Map<number, RealTimeConnectionErrorCode>([
  [4053, RealTimeConnectionErrorCode.TOKEN_MALFORMED],
  [4054, RealTimeConnectionErrorCode.TOKEN_EXPIRED],
]);
const REFUSED = 4000;

export function readCloseCode(closeCode: number): ConnectionEnd {
  const reason = leftReasons.get(closeCode);
  if (reason) return { cause: 'left', reason };
  const connectionCode = connectionCodes.get(closeCode);
  if (connectionCode) {
    return {
      cause: 'refused',
      code: StageErrorCode.FAILED,
      detail: 'the connection token is not taken',
      connectionCode,
    };
  }
  // Client or message at fault: the same would happen again.
  if (closeCode === 1008 || closeCode === 1009) {
    return { cause: 'refused', code: StageErrorCode.FAILED, detail: `close code ${closeCode}` };
  }
  const code = closeCode - REFUSED;
  if (isStageErrorCode(code) && code !== StageErrorCode.TIMEOUT) return { cause: 'refused', code };
  return { cause: 'lost' };
}
