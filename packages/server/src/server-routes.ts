import type { FastifyInstance } from 'fastify';
import { permissionsOf } from './access/permissions.ts';
import type { UserDirectory } from './access/user-directory.ts';
import type { Audit } from './audit/audit.ts';
import type { ChannelViewers } from './channels/channel-viewers.ts';
import type { Config } from './config/config.ts';
import type { StartedConsole } from './console/start-console.ts';
import type { Drain } from './drain/drain.ts';
import type { RunningEvents } from './events/start-events.ts';
import { apiNotFound } from './http/api-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { Throttle } from './http/throttle.ts';
import type { MetricFamily } from './metrics/metric.ts';
import type { ServerParts } from './metrics/server-readings.ts';
import { StageSampler } from './metrics/stage-sampler.ts';
import { startMetrics } from './metrics/start-metrics.ts';
import type { Objects } from './objects/start-objects.ts';
import { type createHandlers, tagLookup } from './operations.ts';
import type { PageTokens } from './pagination/page-tokens.ts';
import type { ServerAddress } from './server-address.ts';
import { mediaRoutes } from './signalling/media-routes.ts';
import { addSignedRoutes, type CallerRules } from './signed-routes.ts';
import type { RunningEncoders } from './start-encoders.ts';
import type { Groundwork } from './start-groundwork.ts';
import type { RunningLiveStages } from './start-live-stages.ts';
import type { RunningOutputs } from './start-outputs.ts';
import { testingRoutes } from './testing/testing-routes.ts';
import { addUnsignedRoutes } from './unsigned-routes.ts';

/** What answers requests. */
export interface ServerRoutesParts {
  readonly groundwork: Groundwork;
  readonly users: Pick<UserDirectory, 'policiesOf'>;
  readonly console: StartedConsole;
  readonly audit: Audit;
  readonly pageTokens: PageTokens;
  readonly events: RunningEvents;
  readonly objects: Objects;
  readonly live: RunningLiveStages;
  readonly outputs: RunningOutputs;
  readonly encoders: RunningEncoders;
  readonly handlers: ReturnType<typeof createHandlers>;
  readonly viewers: ChannelViewers;
  readonly address: ServerAddress;
  readonly drain: Drain;
}

/** Everything that a server is asked for by HTTP, and the metrics that some of it is about. */
export async function addServerRoutes(app: FastifyInstance, config: Config, parts: ServerRoutesParts): Promise<void> {
  const { hostNames: hosts, throttles } = config;
  const { store, realClock, tracing, testing, logger, endings } = parts.groundwork;
  const { objects, encoders, handlers, address, drain } = parts;
  const { sfu, registry, admission, turn } = parts.live;

  await app.register(healthRoutes, { workersConfigured: config.media.workers, sfu, drain });
  const throttle = throttles.enabled ? new Throttle(throttles.ratesPerSecond) : undefined;
  testing?.failures.shapeAnswers(app);
  const rules = callerRules(config, parts);
  await addSignedRoutes(app, config, { ...parts, rules, throttle });
  await app.register(mediaRoutes, {
    prefix: '/whip',
    hosts,
    registry,
    admission,
    turn,
    whipUrl: (stageId) => address.endpointsOf(stageId).whip,
    clock: realClock,
    countryHeader: config.metrics.countryHeader,
    tracing,
  });
  const collectMetrics = await startReadings(app, config, parts);
  await parts.console.addRoutes(app, {
    ...rules,
    servesObjects: objects.folder !== undefined,
    ingest: encoders.endpoints,
    collectMetrics,
  });
  await addUnsignedRoutes(app, config, parts);
  if (testing !== undefined) {
    logger.warn('TESTING IS ON: every program on this machine can move the clock, make calls fail and remove all data');
    endings.add(() => testing.close());
    const tested = { store, throttle, deleteStage: handlers.DeleteStage, encoders: encoders.ofChannels };
    await app.register(testingRoutes, { prefix: '/proscenium/testing', hosts, testing, parts: tested });
  }
  await app.register(apiNotFound, { clock: realClock, hosts, logger });
}

function callerRules(
  { regions, hostNames: hosts, publicUrl, limits }: Config,
  { groundwork: { store, clock, realClock, logger }, users, console: { accessKeys } }: ServerRoutesParts,
): CallerRules {
  return {
    accessKeys,
    clock: realClock,
    regions,
    hosts,
    publicHost: publicUrl === undefined ? undefined : new URL(publicUrl).host,
    bodyLimitBytes: limits.bodyBytes,
    logger,
    permissions: permissionsOf({
      policiesOf: (caller) => users.policiesOf(caller),
      tagsOf: tagLookup(store, clock),
    }),
  };
}

/** Serves what is measured of the server and its stages, and puts it where else it is wanted. @returns reads all of it */
async function startReadings(
  app: FastifyInstance,
  config: Config,
  { groundwork, events, objects, live, outputs, encoders }: ServerRoutesParts,
): Promise<() => Promise<MetricFamily[]>> {
  const { clock, realClock, metrics, logger, endings } = groundwork;
  const { account, region } = config;
  const sampler = new StageSampler({
    stages: () => live.registry.stages,
    scopes: [{ account, region }],
    maximumSeries: config.metrics.maximumSeries,
  });
  const parts: ServerParts = {
    clock,
    sfu: live.sfu,
    workersConfigured: config.media.workers,
    backlogs: events.backlogs,
    compositions: outputs.composing.compositions,
    composing: outputs.composing.media,
    replications: live.replications,
    recordings: outputs.recordings,
    spool: objects.spool,
    encoders: encoders.door,
    server: app.server,
  };
  endings.add(await startMetrics(config, { app, sampler, metrics, parts, logger, clock: realClock }));
  return () => metrics.collect(parts, sampler);
}
