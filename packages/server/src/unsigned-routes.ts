import type { FastifyInstance } from 'fastify';
import type { Audit } from './audit/audit.ts';
import type { ChannelViewers } from './channels/channel-viewers.ts';
import type { Config } from './config/config.ts';
import type { Handler } from './http/handlers.ts';
import { clientConfigurationRoutes } from './ingest-configurations/client-configuration/client-configuration-routes.ts';
import type { Objects } from './objects/start-objects.ts';
import { channelRoutes } from './pages/channel-routes.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { createSendAsset } from './pages/send-asset.ts';
import type { ServerAddress } from './server-address.ts';
import type { RunningEncoders } from './start-encoders.ts';
import type { Groundwork } from './start-groundwork.ts';

export interface UnsignedRoutesParts {
  readonly groundwork: Pick<Groundwork, 'store' | 'realClock' | 'accounts' | 'certificate' | 'logger'>;
  readonly handlers: { readonly CreateStage: Handler<'CreateStage'> };
  readonly audit: Audit;
  readonly viewers: ChannelViewers;
  readonly objects: Pick<Objects, 'store'>;
  readonly encoders: Pick<RunningEncoders, 'endpoints'>;
  readonly address: ServerAddress;
}

/** What is asked for without a key: web pages, channels for their players, and how encoders are to be set. */
export async function addUnsignedRoutes(
  app: FastifyInstance,
  { account, region, hostNames: hosts, publicUrl, compositions, quotas }: Config,
  parts: UnsignedRoutesParts,
): Promise<void> {
  const { store, realClock, accounts, certificate, logger } = parts.groundwork;
  const { handlers, audit, viewers, objects, encoders, address } = parts;
  const sendAsset = createSendAsset(() => new URL(address.baseUrl).origin);
  await app.register(pageRoutes, {
    hosts,
    sendAsset,
    account,
    region,
    // A public address means a proxy in front, behind which everybody seems to be on this machine.
    madeStages: publicUrl === undefined && accounts.stateOf(account) === 'ACTIVE',
    createStage: handlers.CreateStage,
    clock: realClock,
    audit,
  });
  await app.register(channelRoutes, {
    hosts,
    sendAsset,
    own: { account, region },
    viewers,
    bucketName: compositions.channelsBucket,
    objects: objects.store,
    logger,
  });
  await app.register(clientConfigurationRoutes, {
    hosts,
    clock: realClock,
    db: store.db,
    endpoints: encoders.endpoints,
    // The server's own one is trusted by nobody.
    isTrusted: certificate !== undefined,
    limits: quotas,
  });
}
