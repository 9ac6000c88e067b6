import type { MediaKind } from '../connection/messages.ts';
import type { StageError } from '../stage/stage-error.ts';

/** A track that the server sends. */
export interface ReceivedTrack {
  readonly participantId: string;
  readonly kind: MediaKind;
  readonly receiver: RTCRtpReceiver;
}

export interface DeliveryEvents {
  /** Tracks came or went, or a connection stands or does not. */
  changed: [];
  /** Nothing comes any more: other connections may be broken as well. */
  silent: [];
  /** Given up: the next refresh of the strategy begins anew. */
  failed: [error: StageError];
}

/** How far what is wished of one participant is. */
export type DeliveryState = 'attempting' | 'connected' | 'errored';

/** A way for what is subscribed to. */
export interface Delivery {
  tracksOf(participantId: string): readonly ReceivedTrack[];
  stateOf(participantId: string): DeliveryState;
  /** Something tells that an attempt may work now. */
  hurry(): void;
  /** The network may be another one: connections that are there look for a new way. */
  restartIce(): void;
}
