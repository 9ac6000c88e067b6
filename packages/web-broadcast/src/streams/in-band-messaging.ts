/** Messages inside a published video. */
export interface InBandMessagingStageVideoConfiguration {
  /** Whether `insertSeiMessage()` may be called. @default false */
  readonly enabled?: boolean;
}

/** Messages inside a received video. */
export interface InBandMessagingSubscribeConfiguration {
  /** Whether `STAGE_STREAM_SEI_MESSAGE_RECEIVED` is told. @default false */
  readonly enabled?: boolean;
}

/** How a message is sent. */
export interface SeiMessageOptions {
  /** On how many pictures after the first one it is sent again: 0 to 30. @default 0 */
  readonly repeatCount?: number;
}
