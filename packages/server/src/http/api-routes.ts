import { MissingAuthenticationTokenException, NotImplementedException, unservedOperations } from '@proscenium/model';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { createAnswers } from './answer.ts';
import { leaveBodyUnread } from './body.ts';
import { createFrontDoor, type FrontDoorOptions } from './front-door.ts';
import { checkHost } from './host.ts';
import { apiPaths } from './route.ts';

export type ApiOptions = FrontDoorOptions & { logger: FastifyBaseLogger };

/**
 * The API, as a Fastify plugin that keeps to itself: other routes of the same server get none of its parsers, error
 * forms or headers.
 */
export async function apiRoutes(fastify: FastifyInstance, options: ApiOptions): Promise<void> {
  const answers = createAnswers(options.clock, options.logger);
  const frontDoor = createFrontDoor(options);
  leaveBodyUnread(fastify);
  fastify.setErrorHandler((error, request, reply) => answers.error(request, reply, error));
  for (const [url, method] of apiPaths()) {
    fastify.route({
      method,
      url,
      exposeHeadRoute: false,
      handler: async (request, reply) => answers.response(reply, await frontDoor(request)),
    });
    fastify.options(url, async (request, reply) => {
      checkHost(request.headers.host, options.hosts);
      return answers.preflight(reply);
    });
  }
  for (const name of unservedOperations) {
    fastify.post(`/${name}`, async (request) => {
      checkHost(request.headers.host, options.hosts);
      throw new NotImplementedException(`${name} is an operation of Amazon IVS that this server does not have`);
    });
  }
}

export type ApiNotFoundOptions = { clock: Clock; hosts: readonly string[]; logger: FastifyBaseLogger };

/** A plugin that answers whatever no route matches (an operation's path in another letter case, say) as the API does. */
export async function apiNotFound(fastify: FastifyInstance, options: ApiNotFoundOptions): Promise<void> {
  const answers = createAnswers(options.clock, options.logger);
  leaveBodyUnread(fastify);
  fastify.setErrorHandler((error, request, reply) => answers.error(request, reply, error));
  fastify.setNotFoundHandler(async (request) => {
    checkHost(request.headers.host, options.hosts);
    throw new MissingAuthenticationTokenException();
  });
}
