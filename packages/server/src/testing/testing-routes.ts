import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hostCheck } from '../http/host.ts';
import { isFromLoopback } from '../http/loopback.ts';
import { readAdvance, readFailure, readOperation, readReset } from './orders.ts';
import type { TestControl, TestedParts } from './test-control.ts';

export interface TestingRoutesOptions {
  readonly hosts: readonly string[];
  readonly testing: TestControl;
  readonly parts: TestedParts;
}

const JSON_TYPE = 'application/json';

/**
 * Orders of test suites, to be registered under `/proscenium/testing` (docs/testing.md). Nobody signs them: they are for
 * this machine alone, and of a form that no page of another site can send.
 */
export async function testingRoutes(app: FastifyInstance, options: TestingRoutesOptions): Promise<void> {
  const { hosts, testing, parts } = options;
  const { clock, failures } = testing;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, (_, body, done) => done(null, body));
  app.addHook('onRequest', hostCheck(hosts));
  app.addHook('onRequest', async (request, reply) => {
    if (!isFromLoopback(request)) return sendMessage(reply, 403, 'Only programs on this machine may do this');
    if (!isJsonWhereBodyIs(request)) return sendMessage(reply, 415, `Content-Type must be ${JSON_TYPE}`);
    return undefined;
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode >= 500) request.log.error({ err: error }, 'an order of a test failed');
    return sendMessage(reply, statusCode, statusCode >= 500 ? 'Internal error' : message);
  });

  const clockAnswer = () => ({ now: clock.now(), aheadSeconds: clock.offsetMs / 1_000 });
  app.get('/clock', async () => clockAnswer());
  app.post('/clock', async ({ body }) => {
    await testing.advance(readAdvance(body), parts);
    return clockAnswer();
  });

  app.post('/reset', async ({ body }) => {
    readReset(body);
    await testing.reset(parts);
    return {};
  });

  app.get('/failures', async () => failures.list());
  app.delete('/failures', async () => {
    failures.clear();
    return failures.list();
  });
  app.put('/failures/:operation', async (request) => {
    failures.inject(operationOf(request), readFailure(request.body));
    return failures.list();
  });
  app.delete('/failures/:operation', async (request) => {
    failures.take(operationOf(request));
    return failures.list();
  });
}

/** A page of another site can send a POST of some types unasked; for this one, and for other methods, browsers ask first. */
function isJsonWhereBodyIs({ method, headers }: FastifyRequest): boolean {
  if (method !== 'POST' && method !== 'PUT') return true;
  return /^application\/json[ \t]*(;|$)/i.test(headers['content-type'] ?? '');
}

function operationOf({ params }: FastifyRequest) {
  return readOperation((params as { operation: string }).operation);
}

function sendMessage(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ message });
}
