/** A line of a chart: one value for each of the chart's moments, undefined where it is not known. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/** Moments further apart than so many usual distances are not joined by a line. */
const gapFactor = 3;

/** The end of an axis that begins at 0: 1, 2, 4, 10, 20, 40 … of whatever, so that its half is a plain number as well. */
export function topOf(series: readonly Series[]): number {
  const largest = Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  if (largest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return ([1, 2, 4].find((factor) => largest <= factor * power) ?? 10) * power;
}

/** The lines with names that differ: who comes again under the same name has a number as well. */
export function distinct(series: readonly Series[]): Series[] {
  const times = new Map<string, number>();
  return series.map(({ name, values }) => {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { name: time === 1 ? name : `${name} (${time})`, values };
  });
}

/** How far along the time axis a moment is, 0 to 1. */
export function placeOf(timeMs: number, timesMs: readonly number[]): number {
  const [first = 0, last = 0] = [timesMs[0], timesMs.at(-1)];
  return last > first ? (timeMs - first) / (last - first) : 0;
}

/** Which of the moments is the nearest to a place of the time axis. */
export function nearestTo(place: number, timesMs: readonly number[]): number {
  let nearest = 0;
  for (const [index, timeMs] of timesMs.entries()) {
    const best = timesMs[nearest] ?? 0;
    if (Math.abs(placeOf(timeMs, timesMs) - place) < Math.abs(placeOf(best, timesMs) - place)) nearest = index;
  }
  return nearest;
}

/**
 * The path of a line in a box of 1000 by 100. It is interrupted where a value is not known, and where nobody looked for long.
 *
 * @param top value at the upper edge
 */
export function pathOf(values: readonly (number | undefined)[], timesMs: readonly number[], top: number): string {
  const distances = timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0));
  const usual = distances.toSorted((one, other) => one - other)[Math.floor(distances.length / 2)] ?? 0;
  let path = '';
  let isDown = false;
  for (const [index, timeMs] of timesMs.entries()) {
    const value = values[index];
    if (value === undefined) {
      isDown = false;
      continue;
    }
    if (index > 0 && timeMs - (timesMs[index - 1] ?? 0) > gapFactor * usual) isDown = false;
    const x = Number((placeOf(timeMs, timesMs) * 1_000).toFixed(1));
    const y = Number((100 - (Math.min(value, top) / top) * 100).toFixed(1));
    path += `${isDown ? 'L' : 'M'}${x} ${y}`;
    isDown = true;
  }
  return path;
}

/** A chart in a sentence for each line, for those who do not see it. */
export function describeSeries({ name, values }: Series, write: (value: number) => string): string {
  const known = values.filter((value) => value !== undefined);
  const last = values.at(-1);
  if (known.length === 0) return `${name}: not known.`;
  const now = last === undefined ? 'not known now' : `${write(last)} now`;
  return `${name}: ${now}, from ${write(Math.min(...known))} to ${write(Math.max(...known))}.`;
}
