/** How much the outbox holds, and how hard it tries. */
export interface OutboxLimits {
  /** The newest events of all, which stay for the stream whether or not they have been delivered. */
  readonly eventsKept: number;
  /** Pending deliveries of one target; the oldest ones beyond it become dead letters. */
  readonly backlog: number;
  /** Dead letters of one target; the oldest ones beyond it are dropped. */
  readonly deadLetters: number;
  /** How long after it was recorded an event is still tried again. */
  readonly retryMs: number;
  /** Time until the second attempt, doubled for each further one… */
  readonly firstDelayMs: number;
  /** …up to this. */
  readonly longestDelayMs: number;
  /** Requests to one target at a time. */
  readonly requests: number;
}

/** A day, as Amazon EventBridge retries: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const RETRY_MS = 24 * 60 * 60 * 1_000;

export const outboxLimits: OutboxLimits = {
  eventsKept: 10_000,
  backlog: 100_000,
  deadLetters: 100_000,
  retryMs: RETRY_MS,
  firstDelayMs: 1_000,
  longestDelayMs: 60_000,
  requests: 8,
};

/** Time until the next attempt: half of it is left to chance, so that many do not come back at once. */
export function retryDelayMs(
  failures: number,
  { firstDelayMs, longestDelayMs }: Pick<OutboxLimits, 'firstDelayMs' | 'longestDelayMs'>,
  random: () => number,
): number {
  const fullMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
  return fullMs * (0.5 + random() / 2);
}
