import { AccessDeniedException, type Scope, ValidationException } from '@proscenium/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Permissions, plainRequest } from '../access/permissions.ts';
import { createAnswers } from '../http/answer.ts';
import { leaveBodyUnread } from '../http/body.ts';
import { checkHost } from '../http/host.ts';
import { createSignatureCheck, type SignatureRules } from '../http/signature-check.ts';
import { splitUrl } from '../identity/canonical-request.ts';
import type { Principal } from '../identity/verify-signature.ts';
import type { DeadLetters } from './dead-letters.ts';
import { readListQuery, readReplayOrder, readStreamQuery } from './event-requests.ts';
import type { EventStreams } from './event-streams.ts';

export type EventRoutesOptions = SignatureRules & {
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  hosts: readonly string[];
  logger: Logger;
  permissions: Permissions;
  deadLetters: DeadLetters;
  streams: EventStreams;
};

const followEvents = 'proscenium:FollowEvents';

type SignedRequest = { principal: Principal; scope: Scope; query: string; body: Buffer };

/**
 * What the operator of the outbox needs and no AWS client knows, to be registered under `/proscenium/events`: dead letters,
 * and the stream of events. Requests are signed as those of the API are, and concern the caller's account in the region
 * that he signs for.
 */
export async function eventRoutes(app: FastifyInstance, options: EventRoutesOptions): Promise<void> {
  const { accessKeys, clock, hosts, logger, permissions, deadLetters, streams } = options;
  const answers = createAnswers(clock, logger);
  const checkSignature = createSignatureCheck(options);
  leaveBodyUnread(app);
  app.setErrorHandler((error, request, reply) => answers.error(request, reply, error));

  /** @param action what the caller must be allowed */
  async function read(request: FastifyRequest, action: string): Promise<SignedRequest> {
    checkHost(request.headers.host, hosts);
    const { principal, body } = await checkSignature(request);
    await permissions.demand(principal, [plainRequest(action)]);
    const { account, region } = principal;
    return { principal, scope: { account, region }, query: splitUrl(request.raw.url ?? '').query, body };
  }

  /** Whether the key is good still, and its user allowed. */
  async function mayFollow(principal: Principal): Promise<boolean> {
    await accessKeys.refresh();
    if (accessKeys.find(principal.accessKeyId) === undefined) return false;
    try {
      await permissions.demand(principal, [plainRequest(followEvents)]);
      return true;
    } catch (error) {
      if (error instanceof AccessDeniedException) return false;
      throw error;
    }
  }

  app.get('/dead-letters', async (request, reply) => {
    const { scope, query } = await read(request, 'proscenium:ListDeadLetters');
    const page = await deadLetters.list(scope, readListQuery(query));
    return answers.response(reply, { body: JSON.stringify(page), headers: {} });
  });

  app.post('/dead-letters/replay', async (request, reply) => {
    const { scope, body } = await read(request, 'proscenium:ReplayDeadLetters');
    const replayed = await deadLetters.replay(scope, readReplayOrder(body));
    return answers.response(reply, { body: JSON.stringify({ replayed }), headers: {} });
  });

  // HEAD would be a follower that nothing can be written to.
  app.get('/stream', { exposeHeadRoute: false }, async (request, reply) => {
    const { principal, scope, query } = await read(request, followEvents);
    const wants = readStreamQuery(query);
    const lastEventId = request.headers['last-event-id'];
    if (Array.isArray(lastEventId)) throw new ValidationException('Last-Event-ID must be there once');
    // Who has got the head misses nothing from then on.
    const after = await streams.findBeginning(scope, lastEventId);
    streams.checkRoom();
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*', // as the API: it is the signature that opens
      'x-accel-buffering': 'no', // a proxy that collects answers would hold events up
      'x-amzn-RequestId': request.id,
    });
    streams.follow(reply.raw, { scope, wants, after, mayGoOn: () => mayFollow(principal) });
  });
}
