/** How well the network carries a stream, told by `requestQualityStats()`: the larger the better. */
export const NetworkQuality = {
  /** Nothing gets through. */
  DOWN: 0,
  POOR: 1,
  NORMAL: 2,
  GOOD: 3,
  EXCELLENT: 4,
  // As TypeScript's own enumerations of numbers: `NetworkQuality[quality]` is the name.
  0: 'DOWN',
  1: 'POOR',
  2: 'NORMAL',
  3: 'GOOD',
  4: 'EXCELLENT',
} as const;
export type NetworkQuality = Extract<(typeof NetworkQuality)[keyof typeof NetworkQuality], number>;

/** What the network did with a stream. */
export interface NetworkSample {
  /** 0 to 1: packets that got lost, of those that were sent. */
  readonly lossRatio: number;
  /** Undefined while nobody has measured it: then the loss alone counts. */
  readonly roundTripTimeSeconds: number | undefined;
}

/** The worst loss and the worst round trip of each quality, the best one first. What is worse than all is `POOR`. */
const LIMITS = [
  { quality: NetworkQuality.EXCELLENT, lossRatio: 0.01, roundTripTimeSeconds: 0.1 },
  { quality: NetworkQuality.GOOD, lossRatio: 0.03, roundTripTimeSeconds: 0.2 },
  { quality: NetworkQuality.NORMAL, lossRatio: 0.08, roundTripTimeSeconds: 0.4 },
] as const;

/** The worse of what loss and round-trip time say; `DOWN` when there is nothing to say. */
export function networkQuality(sample: NetworkSample | undefined): NetworkQuality {
  if (!sample) return NetworkQuality.DOWN;
  const { lossRatio, roundTripTimeSeconds = 0 } = sample;
  const met = LIMITS.find(
    (limit) => lossRatio <= limit.lossRatio && roundTripTimeSeconds <= limit.roundTripTimeSeconds,
  );
  return met?.quality ?? NetworkQuality.POOR;
}
