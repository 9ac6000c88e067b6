/** One object of a statistics report. Browsers leave out what they do not count. */
export type StatsObject = Readonly<Record<string, unknown>>;

export function statsOfType(report: RTCStatsReport, type: string): StatsObject[] {
  const found: StatsObject[] = [];
  report.forEach((stats: StatsObject) => {
    if (stats.type === type) found.push(stats);
  });
  return found;
}

/** A number of which it matters whether it is known. */
export function measured(stats: StatsObject | undefined, name: string): number | undefined {
  const value = stats?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** Numbers that are 0 where there is nothing to count. */
export function counted<Name extends string>(
  stats: StatsObject | undefined,
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, measured(stats, name) ?? 0])) as Record<Name, number>;
}

/** The way over which a sender's or receiver's packets go. */
export function selectedCandidatePair(report: RTCStatsReport): StatsObject | undefined {
  const [transport] = statsOfType(report, 'transport');
  const pairs = statsOfType(report, 'candidate-pair');
  return (
    pairs.find(({ id }) => id === transport?.selectedCandidatePairId) ??
    // Firefox has no transport statistics, and marks the pair instead.
    pairs.find(({ selected, nominated, state }) => selected === true || (nominated === true && state === 'succeeded'))
  );
}
