import { type MetricSamples, readMetrics } from './metric-samples.ts';

/** The server's metrics at a moment. */
export interface Reading {
  readonly atMs: number;
  readonly samples: MetricSamples;
}

/** An hour of looks at a small server; at a large one less, for the sake of the page's memory. */
const maximumReadings = 720;
const maximumSamples = 200_000;
const minimumDistanceMs = 1_000;

/** Histograms, of which there are many samples, are shown nowhere. */
const isKept = (name: string) => !/_(?:bucket|sum|count)$/.test(name);

/** What was read of the server's metrics since somebody signed in, by whichever view looked. */
export class MetricHistory {
  #readings: readonly Reading[] = [];

  /** The oldest first. A new list each time. */
  get readings(): readonly Reading[] {
    return this.#readings;
  }

  /** @param text OpenMetrics */
  add(text: string, atMs: number): void {
    // Two views may look right after one another, of which nobody can tell a rate.
    if (atMs - (this.#readings.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < minimumDistanceMs) return;
    const readings = [...this.#readings, { atMs, samples: readMetrics(text, isKept) }].slice(-maximumReadings);
    let samples = 0;
    const first = readings.findLastIndex((reading) => {
      samples += sizeOf(reading);
      return samples > maximumSamples;
    });
    this.#readings = readings.slice(Math.min(first + 1, readings.length - 1));
  }
}

function sizeOf({ samples }: Reading): number {
  return [...samples.values()].reduce((sum, { length }) => sum + length, 0);
}
