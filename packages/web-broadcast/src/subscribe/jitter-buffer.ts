/** How long what is received waits at least before it is played: the longer, the worse a network it gets over. */
export const JitterBufferMinDelay = {
  /** As little as the network allows. */
  DEFAULT: 'default',
  /** 150 ms: gets over small disturbances. */
  LOW: 'low',
  /** 400 ms. */
  MEDIUM: 'medium',
  /** 1000 ms: gets over large disturbances. */
  HIGH: 'high',
} as const;
export type JitterBufferMinDelay = (typeof JitterBufferMinDelay)[keyof typeof JitterBufferMinDelay];

/** How long what is received waits before it is played. */
export interface JitterBufferConfiguration {
  /**
   * A preset, or milliseconds; browsers take 4000 at most. Only while this client does not publish.
   *
   * @default DEFAULT
   */
  readonly minDelay?: JitterBufferMinDelay | number;
}

const PRESETS_MS: Readonly<Record<JitterBufferMinDelay, number | undefined>> = {
  default: undefined,
  low: 150,
  medium: 400,
  high: 1_000,
};
/** What `jitterBufferTarget` may be. */
const LONGEST_MS = 4_000;

/**
 * The delay that a configuration asks for; undefined for as little as the network allows.
 *
 * @throws {RangeError} for what is no preset and no number from 0 up
 */
export function minimumDelayMs({
  minDelay = JitterBufferMinDelay.DEFAULT,
}: JitterBufferConfiguration = {}): number | undefined {
  if (typeof minDelay === 'number' && minDelay >= 0) return Math.min(minDelay, LONGEST_MS);
  if (typeof minDelay === 'string' && minDelay in PRESETS_MS) return PRESETS_MS[minDelay];
  throw new RangeError(`minDelay is a JitterBufferMinDelay or milliseconds, not ${minDelay}`);
}

/** What of a receiver delays: `RTCRtpReceiver` has the one or the other. */
interface DelayableReceiver {
  /** Milliseconds. */
  jitterBufferTarget?: number | null;
  /** Seconds: the name before. */
  playoutDelayHint?: number | null;
}

/** @param delayMs undefined for as little as the network allows */
export function setMinimumDelay(receiver: DelayableReceiver, delayMs: number | undefined): void {
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = delayMs ?? null;
  else if ('playoutDelayHint' in receiver) receiver.playoutDelayHint = delayMs === undefined ? null : delayMs / 1_000;
}
