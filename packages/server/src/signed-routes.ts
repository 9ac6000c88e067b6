import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { accessRoutes } from './access/administration/access-routes.ts';
import type { Permissions } from './access/permissions.ts';
import type { Audit } from './audit/audit.ts';
import type { Config } from './config/config.ts';
import type { Drain } from './drain/drain.ts';
import { drainRoutes } from './drain/drain-routes.ts';
import { DeadLetters } from './events/dead-letters.ts';
import { eventRoutes } from './events/event-routes.ts';
import type { RunningEvents } from './events/start-events.ts';
import { apiRoutes } from './http/api-routes.ts';
import type { Handlers } from './http/handlers.ts';
import type { SignatureRules } from './http/signature-check.ts';
import type { Throttle } from './http/throttle.ts';
import { s3Routes } from './objects/reading/s3-routes.ts';
import type { Objects } from './objects/start-objects.ts';
import type { PageTokens } from './pagination/page-tokens.ts';
import type { Groundwork } from './start-groundwork.ts';

/** Whose requests are taken, and who of them may do what. */
export type CallerRules = SignatureRules & {
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  readonly hosts: readonly string[];
  readonly permissions: Permissions;
  readonly logger: Logger;
};

export interface SignedRoutesParts {
  readonly groundwork: Pick<Groundwork, 'store' | 'clock' | 'accounts' | 'testing'>;
  readonly rules: CallerRules;
  readonly handlers: Handlers;
  /** Undefined: callers may be as fast as they can. */
  readonly throttle: Throttle | undefined;
  readonly audit: Audit;
  readonly objects: Pick<Objects, 'folder'>;
  readonly events: Pick<RunningEvents, 'outbox' | 'streams'>;
  readonly pageTokens: PageTokens;
  readonly drain: Drain;
}

/** What is asked for with an access key: the API, the server's own operations beside it, and objects in its folder. */
export async function addSignedRoutes(
  app: FastifyInstance,
  { account, region }: Pick<Config, 'account' | 'region'>,
  parts: SignedRoutesParts,
): Promise<void> {
  const { store, clock, accounts, testing } = parts.groundwork;
  const { rules, handlers, throttle, audit, objects, events, pageTokens, drain } = parts;
  await app.register(apiRoutes, {
    ...rules,
    handlers,
    accounts,
    throttle,
    beforeHandling: testing && ((operation, request) => testing.failures.meet(operation, request)),
    audit,
  });
  if (objects.folder !== undefined) await app.register(s3Routes, { ...rules, region, folder: objects.folder });
  await app.register(eventRoutes, {
    ...rules,
    prefix: '/proscenium/events',
    deadLetters: new DeadLetters({ store, clock, outbox: events.outbox, pageTokens }),
    streams: events.streams,
  });
  await app.register(accessRoutes, { ...rules, prefix: '/proscenium/access', store });
  await app.register(drainRoutes, { ...rules, account, drain });
}
