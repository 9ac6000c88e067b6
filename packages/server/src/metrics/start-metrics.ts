import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { createHttpServer } from '../http/http-server.ts';
import { CloudWatchPublisher } from './cloud-watch/cloud-watch-publisher.ts';
import type { Metrics } from './metrics.ts';
import { type MetricsReaders, type MetricsRoutesOptions, metricsRoutes } from './metrics-routes.ts';
import type { ServerParts } from './server-readings.ts';
import type { StageSampler } from './stage-sampler.ts';

export interface StartMetricsParts {
  /** The server that serves all else. */
  readonly app: FastifyInstance;
  readonly sampler: StageSampler;
  readonly metrics: Metrics;
  readonly parts: ServerParts;
  readonly logger: Logger;
  readonly clock: AlarmClock;
}

/** Serves metrics, at an address of their own where there is one, and puts them into CloudWatch. @returns ends both */
export async function startMetrics(
  config: Pick<Config, 'metrics' | 'hostNames' | 'publicUrl' | 'account' | 'region'>,
  { app, sampler, metrics, parts, logger, clock }: StartMetricsParts,
): Promise<() => Promise<void>> {
  const { listen, cloudWatch } = config.metrics;
  const collect = () => metrics.collect(parts, sampler);
  const routes: MetricsRoutesOptions = { hosts: config.hostNames, readers: readersOf(config), collect };
  let own: FastifyInstance | undefined;
  if (listen === undefined) {
    await app.register(metricsRoutes, routes);
  } else {
    own = createHttpServer({ clock, logger });
    await own.register(metricsRoutes, routes);
    await own.listen(listen);
  }
  const publisher =
    cloudWatch &&
    new CloudWatchPublisher(cloudWatch, {
      sampler,
      scope: { account: config.account, region: config.region },
      clock,
      logger,
      calls: metrics.cloudWatchCalls,
      dropped: metrics.cloudWatchDropped,
    });
  return async () => {
    await Promise.all([own?.close(), publisher?.close()]);
  };
}

/**
 * Nobody from elsewhere by default. An address of their own is for whoever reaches it, as its name in the configuration says;
 * behind a public address everybody seems to be on this machine, since a proxy is.
 */
function readersOf({
  metrics: { listen, bearerToken },
  publicUrl,
}: Pick<Config, 'metrics' | 'publicUrl'>): MetricsReaders {
  if (bearerToken !== undefined) return { bearerToken };
  if (listen !== undefined) return 'everybody';
  return publicUrl === undefined ? 'loopback' : 'nobody';
}
