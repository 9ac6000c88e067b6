import type { Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { LiveStages, StageRef } from '../participants/live-stages.ts';
import type { Store } from '../store/store.ts';
import type { CompositionJob, CompositionMedia, DestinationReport } from './composition-media.ts';
import { readCompositionOrder } from './composition-order.ts';
import { type CompositionRecord, compositions } from './composition-table.ts';
import { type Happening, hasEnded } from './life-cycle.ts';
import { moveComposition } from './move-composition.ts';
import { WaitingHappenings } from './waiting-happenings.ts';

export interface RunningCompositionOptions {
  readonly store: Store;
  readonly live: LiveStages;
  readonly media: CompositionMedia;
  readonly events: EventLog;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Longest life of a composition. */
  readonly durationMs: number;
  /** It has ended, and its media with it. */
  readonly onEnded: () => void;
}

/**
 * A composition lives only so long without anybody who publishes.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/server-side-composition.html
 */
const PUBLISHER_WAIT_MS = 60_000;
const RETRY_DELAY_MS = 1_000;

/**
 * A composition that has not ended: owns its media and its alarms, and writes down what happens, one after the other and
 * again until it is durable. What state it is in the store alone knows, for others change it there too.
 */
export class RunningComposition {
  readonly stage: StageRef;
  readonly #id: string;
  readonly #scope: Scope;
  readonly #endMs: number;
  readonly #options: RunningCompositionOptions;
  readonly #logger: Logger;
  readonly #waiting = new WaitingHappenings();
  /** Whether to look at the store although nothing waits. */
  #outdated = false;
  #working: Promise<void> | undefined;
  #state: CompositionRecord['state'] | undefined;
  #job: CompositionJob | undefined;
  #mediaStop: Promise<void> | undefined;
  #mediaEnd: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #publisherAlarm: Alarm | undefined;
  #durationAlarm: Alarm | undefined;
  #retryAlarm: Alarm | undefined;
  #closed = false;

  constructor(scope: Scope, { id, stageId, startTime }: CompositionRecord, options: RunningCompositionOptions) {
    const { account, region } = scope;
    this.stage = { account, region, stageId };
    this.#id = id;
    this.#scope = scope;
    this.#endMs = startTime.getTime() + options.durationMs;
    this.#options = options;
    this.#logger = options.logger.child({ compositionId: id, stageId });
  }

  /** As it was followed last. */
  get state(): CompositionRecord['state'] | undefined {
    return this.#state;
  }

  /** To be called when it was changed in the store by somebody else. */
  changed(): void {
    this.#outdated = true;
    this.#work();
  }

  /** To be called when somebody has begun or ended to publish. */
  publishersChanged(): void {
    if (this.#closed) return;
    if (this.#hasPublishers()) {
      this.#publisherAlarm?.cancel();
      this.#publisherAlarm = undefined;
      if (this.#job === undefined) this.changed();
    } else {
      this.#publisherAlarm ??= this.#setStopAlarm(PUBLISHER_WAIT_MS, 'nobody publishes');
    }
  }

  happened(happening: Happening): void {
    if (this.#closed) return;
    if (happening.type === 'report' && happening.report.state === 'FAILED') {
      this.#logger.warn(happening.report, 'a destination of a composition failed');
    }
    this.#waiting.add({ happening, time: this.#options.clock.now() });
    this.#work();
  }

  /** Resolves when everything so far is written down, or has to be tried again later. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Stops the media. The composition stays as it is for the server's next start, and so does what it has recorded. */
  async close(): Promise<void> {
    this.#letGo();
    this.#closing.abort();
    this.#work();
    const stopped = this.#stopMedia().catch((error) => this.#mediaBroke(error));
    await Promise.all([this.settled(), stopped, this.#mediaEnd]);
  }

  #work(): void {
    if (this.#working === undefined && this.#retryAlarm === undefined && this.#hasWork()) {
      this.#working = this.#workOff();
    }
  }

  #hasWork(): boolean {
    return this.#waiting.size > 0 || (this.#outdated && !this.#closed);
  }

  async #workOff(): Promise<void> {
    try {
      while (this.#hasWork()) await this.#step();
    } catch (error) {
      this.#logger.error({ err: error }, 'the state of a composition could not be written down or read');
      this.#outdated = true;
      if (!this.#closed) this.#retryAlarm = this.#options.clock.setAlarm(RETRY_DELAY_MS, () => this.#retry());
    } finally {
      this.#working = undefined;
    }
  }

  #retry(): void {
    this.#retryAlarm = undefined;
    this.#work();
  }

  async #step(): Promise<void> {
    const { store, events } = this.#options;
    const ref = { scope: this.#scope, id: this.#id };
    const first = this.#waiting.takeFirst();
    this.#outdated = false;
    if (first === undefined) return this.#follow(await compositions.find(store.db, ref.scope, ref.id));
    const composition = await store
      .write((trx) => moveComposition(trx, events, ref, first))
      .catch((error: unknown) => {
        this.#waiting.putBack(first);
        throw error;
      });
    await this.#follow(composition);
  }

  /** Does what the state of the composition asks for. */
  async #follow(composition: CompositionRecord | undefined): Promise<void> {
    if (this.#closed) return;
    if (composition?.state !== this.#state) {
      this.#state = composition?.state;
      this.#logger.info({ state: this.#state }, 'composition changed its state');
    }
    if (composition === undefined || hasEnded(composition)) {
      this.#waiting.clear();
      this.#letGo();
      this.#endMedia();
      await this.#mediaEnd;
      this.#options.onEnded();
    } else if (composition.state === 'STOPPING') {
      this.#endMedia();
    } else {
      const remainingMs = this.#endMs - this.#options.clock.now().getTime();
      this.#durationAlarm ??= this.#setStopAlarm(remainingMs, 'its time is up');
      if (!this.#hasPublishers()) this.publishersChanged();
      else if (this.#job === undefined) await this.#startMedia(composition);
    }
  }

  async #startMedia(composition: CompositionRecord): Promise<void> {
    const { store, media } = this.#options;
    const order = await readCompositionOrder(store.db, this.#scope, composition);
    if (this.#closed) return;
    try {
      this.#job = media.start(order, this.#reported);
    } catch (error) {
      this.#mediaBroke(error);
    }
  }

  readonly #reported = (report: DestinationReport): void => this.happened({ type: 'report', report });

  #endMedia(): void {
    this.#mediaEnd ??= this.#stopAndFinish().then(
      () => this.happened({ type: 'mediaEnded' }),
      (error) => {
        if (!this.#closing.signal.aborted) this.#mediaBroke(error);
      },
    );
  }

  async #stopAndFinish(): Promise<void> {
    try {
      await this.#stopMedia();
    } finally {
      await this.#options.media.finish(this.#id, this.#reported, this.#closing.signal);
    }
  }

  #stopMedia(): Promise<void> {
    this.#mediaStop ??= Promise.resolve(this.#job?.stop());
    return this.#mediaStop;
  }

  #mediaBroke(error: unknown): void {
    this.#logger.error({ err: error }, 'the media of a composition could not be started or ended');
    this.happened({ type: 'mediaBroken' });
  }

  #hasPublishers(): boolean {
    return this.#options.live.publishers(this.stage).length > 0;
  }

  #setStopAlarm(delayMs: number, reason: string): Alarm {
    return this.#options.clock.setAlarm(delayMs, () => {
      this.#logger.info({ reason }, 'a composition is stopped');
      this.happened({ type: 'stop' });
    });
  }

  /** From here on nothing happens to it any more. */
  #letGo(): void {
    this.#closed = true;
    this.#publisherAlarm?.cancel();
    this.#durationAlarm?.cancel();
    this.#retryAlarm?.cancel();
    this.#retryAlarm = undefined;
  }
}
