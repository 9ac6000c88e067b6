import type { Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import { type Alarm, type AlarmClock, wait } from '../../clock.ts';
import { failureText } from '../../events/targets/http-client.ts';
import type { Counter } from '../counter.ts';
import type { StageMeasurement } from '../stage-measurements.ts';
import type { StageSampler } from '../stage-sampler.ts';
import { merge } from '../statistic.ts';
import { CloudWatchClient, type CloudWatchEndpoint, CloudWatchRefusal } from './cloud-watch-client.ts';
import { metricDatum, type PutMetricDataBody, writeCalls } from './metric-data.ts';

export interface CloudWatchSettings extends CloudWatchEndpoint {
  readonly namespace: string;
  readonly intervalSeconds: number;
}

export interface CloudWatchParts {
  readonly sampler: Pick<StageSampler, 'sample'>;
  /** Whose metrics are put: an account of CloudWatch, in one region, stands for one of ours. */
  readonly scope: Scope;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  readonly calls: Counter;
  readonly dropped: Counter;
  /** Until a call is tried again; the call is given up after the last of them. */
  readonly retryDelaysMs?: readonly number[];
}

const RETRY_DELAYS_MS = [1_000, 4_000, 10_000];
const SAMPLES_PER_INTERVAL = 6;
const SHORTEST_SAMPLE_INTERVAL_MS = 5_000;
/** More than these that wait are dropped, the oldest first: CloudWatch is slow or away. */
const MAXIMUM_WAITING_CALLS = 100;

/**
 * Puts the service's metrics into CloudWatch: looks at the stages several times in an interval, and sends what that came to
 * as statistic sets. What cannot be put is dropped and counted; nothing waits for it.
 */
export class CloudWatchPublisher {
  readonly #settings: CloudWatchSettings;
  readonly #parts: CloudWatchParts;
  readonly #client: CloudWatchClient;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #sampleIntervalMs: number;
  #collected = new Map<string, StageMeasurement>();
  #intervalEndMs: number;
  #waiting: PutMetricDataBody[] = [];
  #sending: Promise<void> | undefined;
  #sampling: Promise<void> = Promise.resolve();
  #alarm: Alarm | undefined;
  #failing = false;

  constructor(settings: CloudWatchSettings, parts: CloudWatchParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#client = new CloudWatchClient(settings, parts.clock);
    this.#logger = parts.logger.child({ endpoint: settings.endpoint });
    const intervalMs = 1_000 * settings.intervalSeconds;
    this.#sampleIntervalMs = Math.max(SHORTEST_SAMPLE_INTERVAL_MS, intervalMs / SAMPLES_PER_INTERVAL);
    this.#intervalEndMs = parts.clock.now().getTime() + intervalMs;
    this.#sampleLater();
  }

  /** What has not been put by now is lost. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#alarm?.cancel();
    await Promise.all([this.#sampling, this.#sending]);
    this.#client.close();
  }

  #sampleLater(): void {
    if (this.#abort.signal.aborted) return;
    this.#alarm = this.#parts.clock.setAlarm(this.#sampleIntervalMs, () => {
      this.#sampling = this.#sample().finally(() => this.#sampleLater());
    });
  }

  async #sample(): Promise<void> {
    const { sampler, scope, clock } = this.#parts;
    try {
      const { measurements } = await sampler.sample();
      for (const measurement of measurements) if (isOf(scope, measurement)) this.#collect(measurement);
    } catch (error) {
      this.#logger.error({ err: error }, 'the stages could not be looked at');
    }
    const now = clock.now();
    if (now.getTime() < this.#intervalEndMs) return;
    this.#intervalEndMs = now.getTime() + 1_000 * this.#settings.intervalSeconds;
    this.#endInterval(now);
  }

  #collect(measurement: StageMeasurement): void {
    const key = `${measurement.metric} ${Object.entries(measurement.dimensions).join('\0')}`;
    const before = this.#collected.get(key);
    const statistic = before ? merge(before.statistic, measurement.statistic) : measurement.statistic;
    this.#collected.set(key, { ...measurement, statistic });
  }

  #endInterval(now: Date): void {
    const resolutionSeconds = this.#settings.intervalSeconds < 60 ? 1 : 60;
    const data = Array.from(this.#collected.values(), (each) => metricDatum(each, now, resolutionSeconds));
    this.#collected = new Map();
    const { calls, tooLong } = writeCalls(this.#settings.namespace, data);
    this.#parts.dropped.add({}, tooLong);
    this.#waiting.push(...calls);
    for (const call of this.#waiting.splice(0, this.#waiting.length - MAXIMUM_WAITING_CALLS)) this.#drop(call);
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(): Promise<void> {
    for (let call = this.#waiting.shift(); call && !this.#abort.signal.aborted; call = this.#waiting.shift()) {
      if (!(await this.#put(call))) this.#drop(call);
    }
  }

  /** @returns whether it was taken */
  async #put({ body }: PutMetricDataBody): Promise<boolean> {
    const delaysMs = this.#parts.retryDelaysMs ?? RETRY_DELAYS_MS;
    for (const [attempt, delayMs] of [...delaysMs, undefined].entries()) {
      try {
        await this.#client.call(body, this.#abort.signal);
        this.#parts.calls.add({ outcome: 'taken' });
        this.#recovered();
        return true;
      } catch (error) {
        if (this.#abort.signal.aborted) return false;
        this.#parts.calls.add({ outcome: 'failed' });
        this.#failed(error, attempt + 1);
        if (delayMs === undefined || (error instanceof CloudWatchRefusal && !error.passing)) return false;
        await wait(this.#parts.clock, delayMs, this.#abort.signal);
      }
    }
    return false;
  }

  #drop({ metrics }: PutMetricDataBody): void {
    this.#parts.dropped.add({}, metrics);
  }

  /** Told once, not each minute. The reason holds nothing of the request. */
  #failed(error: unknown, attempts: number): void {
    if (this.#failing) return;
    this.#failing = true;
    const reason = error instanceof CloudWatchRefusal ? error.message : failureText(error);
    this.#logger.warn({ reason, attempts }, 'metrics could not be put into CloudWatch');
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#logger.info('metrics are put into CloudWatch again');
  }
}

function isOf({ account, region }: Scope, { scope }: StageMeasurement): boolean {
  return scope.account === account && scope.region === region;
}
