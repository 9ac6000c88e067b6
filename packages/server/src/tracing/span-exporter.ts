import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import { failureText, HttpClient } from '../events/targets/http-client.ts';
import { writeTraceRequest } from './otlp.ts';
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
    const { headers, serviceName } = this.#endpoint;
    const body = writeTraceRequest(spans, { 'service.name': serviceName });
    try {
      const sent = { ...headers, 'content-type': 'application/json' };
      const { status } = await this.#http.post(sent, body, this.#abort.signal);
      if (status !== 200) throw new TracesRefused(status);
      this.#failing = false;
      this.#parts.onOutcome('exported', spans.length);
    } catch (error) {
      this.#parts.onOutcome('dropped', spans.length);
      this.#failed(error);
    }
  }

  /** Told once, until it goes well again. */
  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const reason = error instanceof TracesRefused ? error.message : failureText(error);
    this.#parts.logger.warn({ reason }, 'traces could not be exported');
  }
}

class TracesRefused extends Error {
  constructor(status: number) {
    super(`HTTP ${status}`);
  }
}
