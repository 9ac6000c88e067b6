import type { FastifyInstance } from 'fastify';
import { ChannelViewers } from './channels/channel-viewers.ts';
import type { Config } from './config/config.ts';
import { Drain } from './drain/drain.ts';
import { isAcceptedHost } from './http/host.ts';
import { createHttpServer } from './http/http-server.ts';
import { routeOfRequest } from './objects/reading/s3-request.ts';
import { createHandlers } from './operations.ts';
import { ServerAddress } from './server-address.ts';
import { addServerRoutes, type ServerRoutesParts } from './server-routes.ts';
import { RealTimeConnections } from './signalling/real-time-connections.ts';
import { isEventsUpgrade, socketRoutes } from './signalling/socket-routes.ts';
import type { SigningKey } from './tokens/signing-key.ts';

/** What the server has for those who ask. */
export interface HttpParts extends Omit<ServerRoutesParts, 'handlers' | 'viewers' | 'address' | 'drain'> {
  readonly signingKey: SigningKey;
}

export interface RunningHttp {
  /** Where clients find the server, without a slash at the end. */
  readonly baseUrl: string;
  readonly drain: Drain;
}

/** Opens the doors: API, signalling, pages. When the server ends, whoever is inside is let go of before all else. */
export async function startHttp(config: Config, parts: HttpParts): Promise<RunningHttp> {
  const { account, region, hostNames: hosts, quotas } = config;
  const { certificate, clock, realClock, logger, metrics, tracing, store, endings } = parts.groundwork;
  const { events, objects, encoders } = parts;
  const { sfu, registry, replications, admission, connectionRevocations } = parts.live;
  const { channels, composing, recordings } = parts.outputs;
  const app = createHttpServer({
    clock: realClock,
    logger,
    takesUpgrade: isEventsUpgrade,
    // Where objects are in another store, they are asked for there.
    ...(objects.folder && { routeOf: routeOfRequest }),
    certificate,
  });
  metrics.http.watch(app);
  const address = new ServerAddress(config, sfu, encoders.endpoints);
  const viewers = new ChannelViewers({ account, region }, realClock);
  const handlers = createHandlers({
    store,
    objects: objects.store,
    live: registry,
    ingestStreams: encoders.ofStages,
    compositions: composing.compositions,
    channels,
    recordings,
    endpointsOf: address.endpointsOf,
    channelEndpoints: address.channelEndpoints,
    viewers,
    encoders: encoders.ofChannels,
    pageTokens: parts.pageTokens,
    signingKey: parts.signingKey,
    connectionRevocations,
    clock,
    events: events.outbox,
    replications,
    quotas,
  });

  const connections = new RealTimeConnections({
    registry,
    admission,
    verify: parts.live.verifyConnection,
    revocations: connectionRevocations,
    logger,
    tracing,
  });
  const drain = new Drain({
    registry,
    // Real-time connections without a stage and followers of events have no end of their own.
    answerTheLast: async () => {
      connections.close();
      await events.streams.close();
      await app.close();
    },
    clock: realClock,
    logger,
  });
  // No connection is kept for another request, which may find a better place.
  app.addHook('onSend', async (_, reply) => {
    if (drain.underWay) reply.header('Connection', 'close');
  });
  await addServerRoutes(app, config, { ...parts, handlers, viewers, address, drain });

  endings.add(() => app.close());
  const endSockets = socketRoutes(app.server, {
    registry,
    admission,
    connections,
    acceptsHost: (host) => isAcceptedHost(host, hosts),
    logger,
    countryHeader: config.metrics.countryHeader,
    tracing,
  });
  // Before the rest: requests and sockets that are being served hold nothing up.
  endings.add(async () => {
    await composing.close();
    await replications.close();
    await registry.close();
    endSockets();
    await events.streams.close();
    app.server.closeAllConnections();
  });

  address.settle(await listen(app, config.listen));
  return { baseUrl: address.baseUrl, drain };
}

/** @returns the port */
async function listen(app: FastifyInstance, { host, port }: Config['listen']): Promise<number> {
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
