import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { operationOfRoute } from '../http/route.ts';
import { Counter } from './counter.ts';
import { Histogram } from './histogram.ts';
import type { Instrument } from './metric.ts';
import { serverMetrics } from './server-metrics.ts';

const DURATION_BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** That this one is not to be used tells of no limit. */
const READINESS = '/readyz';

const EVENT_STREAM = 'GET /proscenium/events/stream';

/** What answers say of limits: https://docs.aws.amazon.com/ivs/latest/RealTimeAPIReference/CommonErrors.html */
const limitOfError: Readonly<Record<string, string>> = {
  ThrottlingException: 'throttle',
  ServiceQuotaExceededException: 'quota',
  ServiceUnavailable: 'capacity',
};

/** Counts what is asked of a server and how that went. */
export class HttpMetrics {
  readonly #requests = new Counter(serverMetrics.httpRequests);
  readonly #durations = new Histogram(serverMetrics.httpDuration, DURATION_BOUNDS_SECONDS);
  readonly #errors = new Counter(serverMetrics.apiErrors);
  readonly #limitsHit: Counter;

  /** @param limitsHit counts what was refused because of limits, here and elsewhere */
  constructor(limitsHit: Counter) {
    this.#limitsHit = limitsHit;
  }

  get instruments(): Instrument[] {
    return [this.#requests, this.#durations, this.#errors];
  }

  /** Counts the answers of all routes that are added from now on. */
  watch(app: FastifyInstance): void {
    app.addHook('onResponse', async (request, reply) => this.#count(request, reply));
  }

  #count(request: FastifyRequest, reply: FastifyReply): void {
    const operation = operationOf(request);
    const { statusCode } = reply.raw;
    this.#requests.add({ operation, status: String(statusCode) });
    // That one lasts as long as somebody follows it.
    if (operation !== EVENT_STREAM) this.#durations.observe({ operation }, reply.elapsedTime / 1_000);
    const error = reply.getHeader('x-amzn-ErrorType');
    if (typeof error === 'string') this.#errors.add({ operation, error });
    const limit = request.routeOptions.url === READINESS ? undefined : limitOf(statusCode, error);
    if (limit !== undefined) this.#limitsHit.add({ limit });
  }
}

function limitOf(statusCode: number, error: unknown): string | undefined {
  if (typeof error === 'string') return limitOfError[error];
  if (statusCode === 429) return 'throttle';
  return statusCode === 503 ? 'capacity' : undefined;
}

/** The API's name of a call, the pattern of any other route: a list that does not grow. */
function operationOf({ method, routeOptions: { url }, is404 }: FastifyRequest): string {
  if (is404 || url === undefined) return 'other';
  return operationOfRoute(method, url) ?? `${method} ${url}`;
}
