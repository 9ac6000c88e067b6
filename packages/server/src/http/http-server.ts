import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Certificate } from '../tls/certificate.ts';
import { createTlsServer } from '../tls/tls-server.ts';
import { createAnswers } from './answer.ts';
import { FailureLog } from './failure-log.ts';
import { originForm } from './host.ts';
import { refuseUnreadable } from './refuse-unreadable.ts';

/** Longer than clients and load balancers keep an idle connection, as a rule: who ends it knows that it has ended. */
const keepAliveTimeoutMs = 72_000;

/**
 * A Fastify instance with the settings that the API needs of the server as a whole.
 *
 * @param options.requestTimeoutMs how long a request may take to arrive, its headers half of that. Default 30 s
 * @param options.takesUpgrade which requests to change the protocol are for the server's `upgrade` listener; for all
 * others the wish is ignored, as RFC 9110 section 7.8 allows (Java's own client wishes for HTTP/2 each time). None by
 * default
 * @param options.routeOf the path and query by which a request is routed, from those that it has. Default: the same
 * @param options.certificate makes it an HTTPS server. Without it, it speaks HTTP
 */
export function createHttpServer(options: {
  clock: Clock;
  logger: FastifyBaseLogger;
  requestTimeoutMs?: number;
  takesUpgrade?: (request: IncomingMessage) => boolean;
  routeOf?: (request: IncomingMessage, url: string) => string;
  certificate?: Certificate | undefined;
}): FastifyInstance {
  const { clock, logger, requestTimeoutMs = 30_000, takesUpgrade = () => false, certificate } = options;
  const { routeOf = (_, url) => url } = options;
  const answers = createAnswers(clock, logger);
  const http = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.ceil(requestTimeoutMs / 2),
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 6),
    // Its absence is found out with the other faults of a host, and answered as they are.
    requireHostHeader: false,
    shouldUpgradeCallback: takesUpgrade,
  };
  const fastify = Fastify({
    loggerInstance: logger,
    logController: new FailureLog(),
    genReqId: () => randomUUID(),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http,
    ...(certificate && { serverFactory: (handler: RequestListener) => createTlsServer(certificate, http, handler) }),
    rewriteUrl: (request) => routeOf(request, originForm(request)),
    frameworkErrors: (error, request, reply) => answers.error(request, reply, error),
    clientErrorHandler: (error, socket) => refuseUnreadable(error.code, socket, clock),
  });
  const { server } = fastify;
  // Without these two, Node answers by itself: an expectation with no more than a status, a tunnel not at all.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => refuseUnreadable(undefined, socket, clock));
  return fastify;
}
