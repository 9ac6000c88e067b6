/** A stream that wants a part of a budget. */
export interface BudgetedStream {
  /** Of each layer, the lowest first. */
  readonly bitratesBps: readonly number[];
  /** Index of the highest layer that it may have. */
  readonly highest: number;
}

/**
 * Divides a budget among streams: everybody gets the lowest layer, also beyond the budget, and then, as long as something is
 * left, who has the lowest one gets the next.
 *
 * @returns the index of each stream's layer
 */
export function allocateLayers(budgetBps: number, streams: readonly BudgetedStream[]): number[] {
  const layers = streams.map(() => 0);
  let restBps = streams.reduce((rest, { bitratesBps }) => rest - (bitratesBps[0] ?? 0), budgetBps);
  const growing = new Set(streams.keys());
  while (growing.size > 0) {
    const lowest = Math.min(...[...growing].map((index) => layers[index] ?? 0));
    for (const index of [...growing].filter((each) => layers[each] === lowest)) {
      const { bitratesBps = [], highest = 0 } = streams[index] ?? {};
      const priceBps = Math.max(0, (bitratesBps[lowest + 1] ?? 0) - (bitratesBps[lowest] ?? 0));
      if (lowest >= highest || lowest + 1 >= bitratesBps.length || priceBps > restBps) {
        growing.delete(index);
      } else {
        layers[index] = lowest + 1;
        restBps -= priceBps;
      }
    }
  }
  return layers;
}
