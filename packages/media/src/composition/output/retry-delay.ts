/**
 * How long to wait before another attempt: twice as long each time, a little more or less by chance so that many who lost the
 * same server do not come back together.
 *
 * @param attempt 0 for the first one that failed
 * @param chance from 0 to 1
 */
export function retryDelayMs(attempt: number, firstMs: number, longestMs: number, chance: number): number {
  return Math.min(longestMs, firstMs * 2 ** attempt) * (0.75 + 0.5 * chance);
}
