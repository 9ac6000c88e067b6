import type { PublishLimits } from './publish-violation.ts';

/** How much a participant may send and how long it may send and receive. */
export interface MediaLimits extends PublishLimits {
  /** Of one publish, and of receiving without a break. Infinity: unlimited. */
  readonly participantDurationHours: number;
}

const HOUR_MS = 60 * 60 * 1_000;

export function maximumDurationMs({ participantDurationHours }: MediaLimits): number {
  return participantDurationHours * HOUR_MS;
}
