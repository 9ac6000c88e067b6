import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '@proscenium/model';
import { type Credentials, signingService, signRequest } from '@proscenium/server/calling';
import type { JsonObject } from '../json/value.ts';
import { noRegion } from '../settings/endpoint.ts';
import type { Settings } from '../settings/settings.ts';
import { exchange, type HttpAnswer, NoAnswer } from './exchange.ts';
import { type HttpRequest, httpRequest } from './http-request.ts';
import { readAnswer } from './read-answer.ts';
import { readServiceError, serviceFailure } from './service-error.ts';

/** Told of what goes over the wire. */
export interface WireLog {
  request(operation: Operation, request: HttpRequest, input: JsonObject): void;
  answer(operation: Operation, answer: HttpAnswer): void;
  retry(attempt: number, reason: string, delayMs: number): void;
}

export interface Caller {
  readonly settings: Settings;
  /** Undefined sends requests without a signature. */
  readonly credentials: Credentials | undefined;
  readonly userAgent: string;
  readonly log?: WireLog | undefined;
}

const passingCodes = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'RequestThrottled',
  'SlowDown',
  'PriorRequestNotComplete',
  'EC2ThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
];
const passingStatuses = [500, 502, 503, 504];

const LONGEST_DELAY_MS = 20_000;

/**
 * Makes a call, several times where what keeps it from being done may pass.
 *
 * @throws CommandFailure
 */
export async function callOperation(operation: Operation, input: JsonObject, caller: Caller): Promise<JsonObject> {
  const { settings, log } = caller;
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === settings.attempts;
    let reason: string;
    try {
      const answer = await send(operation, input, caller);
      if (answer.status < 300) return readAnswer(operation, answer, settings.timestamps);
      const error = readServiceError(answer, operation);
      const passes = passingCodes.includes(error.code) || passingStatuses.includes(answer.status);
      if (!passes || isLast) throw serviceFailure(operation.name, error, passes ? attempt - 1 : 0);
      reason = `${answer.status} ${error.code}`;
    } catch (error) {
      if (!(error instanceof NoAnswer) || isLast) throw error;
      reason = error.message;
    }
    const delayMs = Math.min(LONGEST_DELAY_MS, Math.random() * 1_000 * 2 ** (attempt - 1));
    log?.retry(attempt, reason, delayMs);
    await sleep(delayMs);
  }
}

async function send(operation: Operation, input: JsonObject, caller: Caller): Promise<HttpAnswer> {
  const { settings, userAgent, log } = caller;
  const made = httpRequest(operation, input, settings.endpoint);
  const request = sign({ ...made, headers: { ...made.headers, 'user-agent': userAgent } }, caller);
  log?.request(operation, request, input);
  const answer = await exchange(request, settings);
  log?.answer(operation, answer);
  return answer;
}

function sign(request: HttpRequest, { settings: { region }, credentials }: Caller): HttpRequest {
  if (credentials === undefined) return request;
  if (region === undefined) throw noRegion();
  const headers = signRequest(request.method, request, {
    credentials,
    region,
    service: signingService,
    now: new Date(),
  });
  return { ...request, headers };
}
