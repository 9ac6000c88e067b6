import type { CompositionJob, CompositionMedia, CompositionOrder, DestinationReport } from './composition-media.ts';

/** A job that reports what it is told to report. */
export class HandJob implements CompositionJob {
  readonly order: CompositionOrder;
  readonly report: (report: DestinationReport) => void;
  /** How often it was told to stop. */
  stops = 0;
  /** What stopping comes to. Replace it before. */
  end: () => Promise<void> = async () => {};

  constructor(order: CompositionOrder, report: (report: DestinationReport) => void) {
    this.order = order;
    this.report = report;
  }

  stop(): Promise<void> {
    this.stops += 1;
    return this.end();
  }
}

/** Media that is driven by hand. */
export class HandCompositionMedia implements CompositionMedia {
  /** All that were started, oldest first. */
  readonly jobs: HandJob[] = [];
  /** What was ended for good, oldest first. */
  readonly finished: string[] = [];
  /** Set to make the next start fail. */
  failure: Error | undefined;

  /** The only job. @throws when there is none or several */
  get job(): HandJob {
    const [job, ...others] = this.jobs;
    if (job === undefined || others.length > 0) throw new Error(`There are ${this.jobs.length} jobs`);
    return job;
  }

  start(order: CompositionOrder, report: (report: DestinationReport) => void): CompositionJob {
    if (this.failure) throw this.failure;
    const job = new HandJob(order, report);
    this.jobs.push(job);
    return job;
  }

  async finish(compositionId: string): Promise<void> {
    this.finished.push(compositionId);
  }
}
