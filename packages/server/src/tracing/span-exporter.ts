import type { Logger } from 'pino';
import { type Alarm, type AlarmClock, wait } from '../clock.ts';
import { failureText, type HttpAnswer, HttpClient } from '../events/targets/http-client.ts';
import { readRejectedSpans, writeTraceRequest } from './otlp.ts';
import type { EndedSpan } from './span.ts';

/** A receiver of OTLP over HTTP. */
export interface TraceEndpoint {
  /** Whole, `/v1/traces` and all. */
  readonly url: string;
  /** Sent with each request; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

export interface SpanExporterParts {
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Called with how many spans came to what end. */
  readonly onOutcome: (outcome: 'exported' | 'dropped', spans: number) => void;
  readonly exportDelayMs?: number;
}

/** The defaults of OpenTelemetry's batching: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
const MAXIMUM_WAITING = 2_048;
const MAXIMUM_PER_REQUEST = 512;
const EXPORT_DELAY_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** Who ends the server does not wait longer for the last spans. */
const GRACE_MS = 1_000;
/** Says that it may go well later: https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);
/** Before the second try, where the answer says nothing of it. */
const RETRY_DELAY_MS = 5_000;
/** New spans wait as long. */
const LONGEST_RETRY_DELAY_MS = 30_000;

/** Sends spans in batches. What there is no room for, or is not taken, is dropped and counted: nothing waits for it. */
export class SpanExporter {
  readonly #endpoint: TraceEndpoint;
  readonly #parts: SpanExporterParts;
  readonly #http: HttpClient;
  readonly #abort = new AbortController();
  #waiting: EndedSpan[] = [];
  #alarm: Alarm | undefined;
  #sending: Promise<void> | undefined;
  #closed = false;
  #failing = false;

  constructor(endpoint: TraceEndpoint, parts: SpanExporterParts) {
    this.#endpoint = endpoint;
    this.#parts = parts;
    this.#http = new HttpClient(new URL(endpoint.url), TIMEOUT_MS);
  }

  readonly add = (span: EndedSpan): void => {
    if (this.#closed || this.#waiting.length >= MAXIMUM_WAITING) {
      this.#parts.onOutcome('dropped', 1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= MAXIMUM_PER_REQUEST) this.#sendNow();
    else this.#sendLater();
  };

  /** Sends what there is, if that does not take long. */
  async close(): Promise<void> {
    this.#closed = true;
    const timer = setTimeout(() => this.#abort.abort(), GRACE_MS);
    this.#sendNow();
    await this.#sending;
    clearTimeout(timer);
    this.#http.close();
  }

  #sendLater(): void {
    this.#alarm ??= this.#parts.clock.setAlarm(this.#parts.exportDelayMs ?? EXPORT_DELAY_MS, () => this.#sendNow());
  }

  #sendNow(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, MAXIMUM_PER_REQUEST));
  }

  async #send(spans: readonly EndedSpan[]): Promise<void> {
    const body = writeTraceRequest(spans, { 'service.name': this.#endpoint.serviceName });
    let dropped = spans.length;
    try {
      const { status, body: answer } = await this.#post(body);
      if (status !== 200) throw new TracesRefused(`HTTP ${status}`);
      dropped = Math.min(readRejectedSpans(answer), spans.length);
      this.#parts.onOutcome('exported', spans.length - dropped);
      if (dropped > 0) throw new TracesRefused('partial success');
      this.#failing = false;
    } catch (error) {
      this.#parts.onOutcome('dropped', dropped);
      this.#failed(error);
    }
  }

  /** Tries it once more where that may go better. */
  async #post(body: string): Promise<HttpAnswer> {
    const headers = { ...this.#endpoint.headers, 'content-type': 'application/json' };
    const answer = await this.#http.post(headers, body, this.#abort.signal);
    if (!PASSING_STATUSES.has(answer.status)) return answer;
    await wait(this.#parts.clock, retryDelayMs(answer), this.#abort.signal);
    return this.#http.post(headers, body, this.#abort.signal);
  }

  /** Told once, until it goes well again. */
  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const reason = error instanceof TracesRefused ? error.message : failureText(error);
    this.#parts.logger.warn({ reason }, 'traces could not be exported');
  }
}

class TracesRefused extends Error {}

function retryDelayMs({ headers }: HttpAnswer): number {
  const seconds = /^\d+$/.exec(headers['retry-after'] ?? '')?.[0];
  return seconds === undefined ? RETRY_DELAY_MS : Math.min(1_000 * Number(seconds), LONGEST_RETRY_DELAY_MS);
}
