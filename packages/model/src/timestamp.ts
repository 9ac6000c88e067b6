/** ISO 8601 in UTC as the service writes it: milliseconds only when there are any. */
export function formatTimestamp(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}
