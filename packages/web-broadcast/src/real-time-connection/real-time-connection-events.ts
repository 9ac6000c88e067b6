import type { RealTimeConnectionError } from './real-time-connection-error.ts';

/** Whether a real-time connection is there. */
export const RealTimeConnectionState = {
  /** It is not, and nothing is done about it. */
  DISCONNECTED: 'disconnected',
  /** It is about to be, for the first time or again. */
  CONNECTING: 'connecting',
  /** It is. */
  CONNECTED: 'connected',
} as const;
export type RealTimeConnectionState = (typeof RealTimeConnectionState)[keyof typeof RealTimeConnectionState];

/** What listeners of a real-time connection get. */
export interface RealTimeConnectionEventMap {
  /** The error tells why it is `disconnected`, unless `disconnect()` was called. */
  stateChanged: [state: RealTimeConnectionState, error?: RealTimeConnectionError];
}
