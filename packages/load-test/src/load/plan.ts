import type { VideoSettings } from '../stream/video-source.ts';

/** Who comes, and what they do. */
export interface LoadPlan {
  /** Tokens of participants who publish, with WHIP. Not empty. */
  readonly publisherTokens: readonly string[];
  /** Tokens of participants who subscribe to all of those. */
  readonly subscriberTokens: readonly string[];
  /** By a POST for each publisher, or over the events socket. */
  readonly subscribeBy: 'post' | 'socket';
  readonly video: VideoSettings;
  /** Of the same video, smaller, the lowest first (simulcast). */
  readonly lowerLayers: readonly VideoSettings[];
  readonly audio: boolean;
  /** From the moment at which all have tried to join. */
  readonly durationMs: number;
  /** How many begin to join in a second, publishers first. */
  readonly joinsPerSecond: number;
  /** How many subscribers leave in a second, to come again at once. */
  readonly churnPerSecond: number;
}
