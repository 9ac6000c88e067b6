import type { Scope } from '@proscenium/model';
import { measureStages } from './measure-stages.ts';
import { type StageMeasurement, StageMeasurements } from './stage-measurements.ts';
import { type ObservableStage, type ObservedStage, observeStages } from './stage-observation.ts';

/** All stages at one time. */
export interface StageSample {
  readonly stages: readonly ObservedStage[];
  readonly measurements: readonly StageMeasurement[];
  /** Series for which there was no room. */
  readonly dropped: number;
  readonly tookMs: number;
}

export interface StageSamplerOptions {
  readonly stages: () => Iterable<ObservableStage>;
  /** That are told of even when nothing happens in them. */
  readonly scopes: readonly Scope[];
  readonly maximumSeries: number;
  /** How long a sample serves others who ask. @default 5000 */
  readonly freshMs?: number;
}

const TIMEOUT_MS = 5_000;

/** Looks at the stages when somebody asks, once for all who ask at about the same time. */
export class StageSampler {
  readonly #options: StageSamplerOptions;
  #last: { readonly sample: Promise<StageSample>; readonly untilMs: number } | undefined;

  constructor(options: StageSamplerOptions) {
    this.#options = options;
  }

  sample(): Promise<StageSample> {
    const nowMs = performance.now();
    if (!this.#last || nowMs >= this.#last.untilMs) {
      this.#last = { sample: this.#take(), untilMs: nowMs + (this.#options.freshMs ?? 5_000) };
    }
    return this.#last.sample;
  }

  async #take(): Promise<StageSample> {
    const { stages, scopes, maximumSeries } = this.#options;
    const begunMs = performance.now();
    const observed = await observeStages({ stages: stages(), timeoutMs: TIMEOUT_MS });
    const measurements = new StageMeasurements(maximumSeries);
    measureStages(observed, scopes, measurements);
    const { all, dropped } = measurements;
    return { stages: observed, measurements: all, dropped, tookMs: performance.now() - begunMs };
  }
}
