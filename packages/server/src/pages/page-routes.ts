import { pagePaths } from '@proscenium/console';
import type { FastifyInstance } from 'fastify';
import type { Audit, CallUnderWay } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Handlers } from '../http/handlers.ts';
import { hostCheck } from '../http/host.ts';
import { isFromLoopback } from '../http/loopback.ts';
import { isFromOwnPage } from '../http/own-page.ts';
import { userArn } from '../identity/user-arn.ts';
import type { SendAsset } from './send-asset.ts';

export interface PageRoutesOptions {
  readonly hosts: readonly string[];
  readonly sendAsset: SendAsset;
  readonly account: string;
  readonly region: string;
  /** Whether people on this machine may make a stage without a signature. */
  readonly madeStages: boolean;
  readonly createStage: NonNullable<Handlers['CreateStage']>;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** The web pages and their assets, and the stage that `/try` makes for people on this machine. */
export async function pageRoutes(app: FastifyInstance, options: PageRoutesOptions): Promise<void> {
  app.addHook('onRequest', hostCheck(options.hosts));

  const { sendAsset } = options;
  for (const path of pagePaths) app.get(path, (request, reply) => sendAsset(request, reply, path));
  app.get('/assets/*', (request, reply) => sendAsset(request, reply, request.url.split('?')[0] ?? ''));

  // Made without a signature, hence for the machine itself alone, and for our own page alone: another site's page cannot
  // send this Origin.
  app.post('/try/stage', async (request, reply) => {
    if (!options.madeStages || !isFromLoopback(request) || !isFromOwnPage(request)) {
      return reply.code(403).send({ message: 'Only the page of this server, opened on its own machine, may do this' });
    }
    const { account, region, clock, audit } = options;
    const userName = 'try-page';
    const arn = userArn(account, userName);
    const order = { name: 'try', participantTokenConfigurations: [{ userId: 'alice' }, { userId: 'bob' }] };
    const call: CallUnderWay = {
      operation: 'CreateStage',
      requestId: request.id,
      time: clock.now(),
      message: request.raw,
      caller: { account, region, userName, arn },
      request: order,
    };
    const { response } = await audit.accompany(call, async () => ({
      response: await options.createStage(order, {
        scope: { account, region },
        requestId: request.id,
        principalArn: arn,
      }),
    }));
    const { stage, participantTokens = [] } = response;
    return { stageArn: stage?.arn, tokens: participantTokens.map(({ token }) => token) };
  });
}
