import type { ComposerStatistics } from '@proscenium/media';
import type { Event } from '@proscenium/model';
import { Counter } from './counter.ts';
import { DatabaseMetrics } from './database-metrics.ts';
import { EventLoopWindow } from './event-loop-window.ts';
import { HttpMetrics } from './http-metrics.ts';
import type { Instrument, MetricFamily } from './metric.ts';
import { serverMetrics } from './server-metrics.ts';
import { readServer, type ServerParts } from './server-readings.ts';
import { stageFamilies } from './stage-families.ts';
import type { StageSampler } from './stage-sampler.ts';

/** All that the server tells of itself and of its stages. Looks at them when it is asked, and counts in between. */
export class Metrics {
  readonly database = new DatabaseMetrics();
  readonly mediaWorkerDeaths = new Counter(serverMetrics.mediaWorkerDeaths);
  readonly mediaWorkerStartFailures = new Counter(serverMetrics.mediaWorkerStartFailures);
  readonly ingestProgramDeaths = new Counter(serverMetrics.ingestProgramDeaths);
  readonly ingestSwitches = new Counter(serverMetrics.ingestSwitches);
  readonly composerDeaths = new Counter(serverMetrics.composerDeaths);
  readonly #composedPictures = new Counter(serverMetrics.composedPictures);
  readonly #composedPicturesDropped = new Counter(serverMetrics.composedPicturesDropped);
  readonly cloudWatchCalls = new Counter(serverMetrics.cloudWatchCalls);
  readonly cloudWatchDropped = new Counter(serverMetrics.cloudWatchDropped);
  readonly spans = new Counter(serverMetrics.spans);
  readonly #limitsHit = new Counter(serverMetrics.limitsHit);
  readonly http = new HttpMetrics(this.#limitsHit);
  readonly #participantEvents = new Counter(serverMetrics.participantEvents);
  readonly #eventLoop = new EventLoopWindow();

  /** Counts what happened to participants. */
  readonly countEvents = (events: readonly Event[]): void => {
    for (const { name = '', errorCode = '' } of events) {
      this.#participantEvents.add({ name, error_code: errorCode });
      if (errorCode === 'QUOTA_EXCEEDED') this.#limitsHit.add({ limit: 'stage_quota' });
    }
  };

  /** Counts what a composer has done since it told of itself last. */
  readonly countPictures = (since: ComposerStatistics): void => {
    const { pictures, latePictures, skippedPictures, droppedByOutputs } = since;
    this.#composedPictures.add({ outcome: 'in_time' }, pictures - latePictures);
    this.#composedPictures.add({ outcome: 'late' }, latePictures);
    this.#composedPictures.add({ outcome: 'skipped' }, skippedPictures);
    this.#composedPicturesDropped.add({}, droppedByOutputs);
  };

  /** Counts what was refused because a limit was reached. */
  limitHit(limit: string): void {
    this.#limitsHit.add({ limit });
  }

  async collect(parts: ServerParts, sampler: StageSampler): Promise<MetricFamily[]> {
    const sample = await sampler.sample();
    const { reading: eventLoop } = this.#eventLoop;
    const read = await readServer(parts, { eventLoop, writesPending: this.database.writesPending, sample });
    const instruments = this.#instruments();
    const dropped = instruments.reduce((sum, instrument) => sum + instrument.dropped, sample.dropped);
    return [
      ...stageFamilies(sample.measurements),
      ...read,
      ...instruments.map((instrument) => ({ metric: instrument.metric, samples: instrument.samples() })),
      { metric: serverMetrics.droppedSeries, samples: [{ labels: {}, value: dropped }] },
    ];
  }

  close(): void {
    this.#eventLoop.close();
  }

  #instruments(): Instrument[] {
    return [
      this.mediaWorkerDeaths,
      this.mediaWorkerStartFailures,
      this.ingestProgramDeaths,
      this.ingestSwitches,
      this.composerDeaths,
      this.#composedPictures,
      this.#composedPicturesDropped,
      this.#participantEvents,
      ...this.http.instruments,
      this.#limitsHit,
      ...this.database.instruments,
      this.cloudWatchCalls,
      this.cloudWatchDropped,
      this.spans,
    ];
  }
}
