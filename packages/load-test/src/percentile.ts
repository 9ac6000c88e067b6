/** @param part from 0 to 1. NaN when there are no values */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
