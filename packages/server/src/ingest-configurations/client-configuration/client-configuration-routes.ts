import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../clock.ts';
import { hostCheck } from '../../http/host.ts';
import { StageRefusal } from '../../participants/stage-refusal.ts';
import { RequestRates } from '../../signalling/request-rates.ts';
import { type ClientConfigurationParts, clientConfiguration, failed, ingestList } from './client-configuration.ts';
import { readClientRequest, UnreadableRequest } from './client-request.ts';

export interface ClientConfigurationRoutesOptions extends ClientConfigurationParts {
  /** Accepted host names, beside any IP address. */
  readonly hosts: readonly string[];
  /** By which requests are counted. */
  readonly clock: Clock;
}

/** A hundred times what encoders say. */
const MAXIMUM_BODY_BYTES = 64 * 1_024;

/** Tells encoders such as OBS what to send and where (docs/rtmp.md). Whoever has a stream key needs no other. */
export async function clientConfigurationRoutes(
  app: FastifyInstance,
  options: ClientConfigurationRoutesOptions,
): Promise<void> {
  const rates = new RequestRates(options.clock);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAXIMUM_BODY_BYTES }, (_, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', hostCheck(options.hosts));
  app.addHook('onRequest', async ({ socket }, reply) => {
    reply.header('Cache-Control', 'no-store'); // answers have a key in them
    rates.take(socket.remoteAddress ?? '');
  });
  app.setErrorHandler((error, request, reply) =>
    sendError(error, reply, (failure) => request.log.error({ err: failure })),
  );

  app.post('/api/v3/GetClientConfiguration', async ({ body }) =>
    clientConfiguration(readClientRequest(parse(body)), options),
  );
  app.get('/api/v2/FindIngest', async () => ingestList(options.endpoints));
}

/** @throws {UnreadableRequest} */
function parse(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    // The reason is left out: it may repeat a piece of the body, which holds a key.
    throw new UnreadableRequest('the body must be JSON');
  }
}

function sendError(error: unknown, reply: FastifyReply, log: (error: unknown) => void): FastifyReply {
  if (error instanceof UnreadableRequest)
    return reply.code(400).send(failed(`The request is not valid: ${error.message}.`));
  if (error instanceof StageRefusal) {
    return reply
      .code(error.status)
      .header('Retry-After', 1)
      .send(failed(`${error.message}.`));
  }
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (statusCode !== undefined && statusCode < 500) return reply.code(statusCode).send(failed(`${message}.`));
  log(error);
  return reply.code(500).send(failed('The server cannot answer now.'));
}
