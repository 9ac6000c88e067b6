import type { AudioConfig, VideoConfig } from '../hls/sample-entry.ts';
import type { Track } from '../hls/track.ts';

/** What all segments after one init segment have in common. */
export interface Period {
  readonly video?: VideoConfig;
  readonly audio: AudioConfig;
}

/** A part of a recording, ready to be written. */
export interface Segment {
  readonly period: Period;
  /** The first one of its period: it needs an init segment, and does not go on from what is before it. */
  readonly first: boolean;
  /** When it begins, in milliseconds since 1970. */
  readonly wallClockMs: number;
  readonly durationSeconds: number;
  readonly video?: Track;
  readonly audio?: Track;
}
