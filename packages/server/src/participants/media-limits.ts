import type { PublishLimits } from './publish-violation.ts';

/** How much a participant may send and how long it may send and receive. */
export interface MediaLimits extends PublishLimits {
  /** Of one publish, and of receiving without a break. Infinity: unlimited. */
  readonly participantDurationHours: number;
}

const HOUR_MS = 60 * 60 * 1_000;
/** Of the longest duration, an hour of a day: time enough for an encoder to come again. */
const STAGGER = 1 / 24;

export function maximumDurationMs({ participantDurationHours }: MediaLimits): number {
  return participantDurationHours * HOUR_MS;
}

/**
 * How long one of several publishes of the same may last, so that no two of them end within an hour.
 *
 * @param othersMs how long the others may last yet
 */
export function staggeredDurationMs(maximumMs: number, othersMs: readonly number[]): number {
  const apartMs = STAGGER * maximumMs;
  const near = othersMs.filter((otherMs) => Math.abs(maximumMs - otherMs) < apartMs);
  return near.length === 0 ? maximumMs : Math.min(...near) - apartMs;
}
