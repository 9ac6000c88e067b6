/** Messages inside a published video. Without effect yet. */
export interface InBandMessagingStageVideoConfiguration {
  readonly enabled?: boolean;
}

/** Messages inside a received video. Without effect yet. */
export interface InBandMessagingSubscribeConfiguration {
  readonly enabled?: boolean;
}
