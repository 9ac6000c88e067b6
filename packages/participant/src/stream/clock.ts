/** Time since 1970 by a clock that does not jump; processes of one machine agree on it to about a millisecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
