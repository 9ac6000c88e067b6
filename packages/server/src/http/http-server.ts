import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { createAnswers } from './answer.ts';
import { FailureLog } from './failure-log.ts';

/**
 * A Fastify instance with the settings that the API needs of the server as a whole.
 *
 * @param options.requestTimeoutMs how long a request may take to arrive, its headers half of that. Default 30 s
 */
export function createHttpServer(options: {
  clock: Clock;
  logger: FastifyBaseLogger;
  requestTimeoutMs?: number;
}): FastifyInstance {
  const { clock, logger, requestTimeoutMs = 30_000 } = options;
  const answers = createAnswers(clock, logger);
  return Fastify({
    loggerInstance: logger,
    logController: new FailureLog(),
    genReqId: () => randomUUID(),
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: requestTimeoutMs / 2, connectionsCheckingInterval: requestTimeoutMs / 6 },
    frameworkErrors: (error, request, reply) => answers.error(request, reply, error),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, clock),
  });
}

const statuses: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const errorTypes: Readonly<Record<number, string>> = { 408: 'RequestTimeoutException' };

/** Answers what Node's HTTP parser gave up on: there is no request yet that could have gone through the front door. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket, clock: Clock): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${clock.now().toUTCString()}`,
    `x-amzn-RequestId: ${randomUUID()}`,
    `x-amzn-ErrorType: ${errorTypes[status] ?? 'MalformedHttpRequestException'}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  else socket.destroy();
}
