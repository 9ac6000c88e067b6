import { MAXIMUM_DESCRIPTION_LENGTH, MAXIMUM_FRAGMENT_LENGTH } from '@proscenium/media';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { hostCheck } from '../http/host.ts';
import { type ClientData, readClientData } from '../participants/client-data.ts';
import { stageKey } from '../participants/live-stages.ts';
import type { StageRegistry } from '../participants/registry.ts';
import type { MediaResource } from '../participants/stage-context.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { type JoinTracing, noJoinTracing } from '../tracing/join-tracing.ts';
import { iceServerLinks, type TurnServers } from '../turn/turn-servers.ts';
import { StageErrorCode } from './close-codes.ts';
import { compareIfMatch } from './if-match.ts';
import { answerOther, SDP, SDP_FRAGMENT } from './media-addresses.ts';
import { sendError } from './media-errors.ts';
import type { ParticipantAdmission } from './participant-admission.ts';
import { RequestRates } from './request-rates.ts';

export interface MediaRoutesOptions {
  /** Where they are registered. */
  readonly prefix: string;
  /** Accepted host names, beside any IP address. */
  readonly hosts: readonly string[];
  readonly registry: StageRegistry;
  readonly admission: ParticipantAdmission;
  /** Relays that clients are told of; undefined: there are none. */
  readonly turn: TurnServers | undefined;
  /** Where a stage takes WHIP, as its endpoints and tokens say. */
  readonly whipUrl: (stageId: string) => string;
  /** By which requests are counted. */
  readonly clock: Clock;
  /** In which a proxy tells where a request comes from; undefined: none does. */
  readonly countryHeader?: string | undefined;
  readonly tracing?: JoinTracing;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on the media routes. */
    claims?: ParticipantClaims;
  }
}

/** WHIP (RFC 9725) and subscribing by POST (docs/signalling.md). */
export async function mediaRoutes(app: FastifyInstance, options: MediaRoutesOptions): Promise<void> {
  const { prefix, hosts, registry, admission, turn, whipUrl, tracing = noJoinTracing } = options;
  const rates = new RequestRates(options.clock);

  app.removeAllContentTypeParsers();
  // Each route says which type it takes; DELETE takes any, since some clients send one without a body.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));

  app.addHook('onRequest', hostCheck(hosts));
  tracing.watch(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*');
    reply.header(
      'Access-Control-Expose-Headers',
      'location, etag, link, retry-after, allow, accept-post, accept-patch',
    );
    if (request.is404) return;
    const token = bearerToken(request);
    // What a token began can be kept up and ended with it for as long as it lasts.
    const claims = await (request.method === 'POST' ? admission.verify(token) : admission.identify(token));
    const { stageId } = request.params as { stageId?: string };
    if (stageId !== undefined && stageId !== claims.stage.stageId) {
      throw new StageRefusal(403, StageErrorCode.TOKEN_NOT_ALLOWED, 'The token is for another stage');
    }
    request.claims = claims;
  });

  app.setErrorHandler((error: unknown, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) => answerOther(request, reply, prefix));

  /** The one address for all stages, as the real service has one: the token tells where to go. */
  app.post('/', (request, reply) =>
    reply
      .code(307)
      .header('Location', whipUrl(claimsOf(request).stage.stageId))
      .send(),
  );

  const offers = { bodyLimit: MAXIMUM_DESCRIPTION_LENGTH };

  app.post('/:stageId', offers, async (request, reply) => {
    const claims = claimsOf(request);
    const offer = bodyOf(request, SDP);
    await admit(claims);
    const holding = await registry.stage(claims.stage).publish(claims, clientOf(request), offer);
    tracing.followPublish(holding.media);
    return created(reply, claims, holding);
  });

  app.post('/:stageId/subscribe/:participantId', offers, async (request, reply) => {
    const claims = claimsOf(request);
    const offer = bodyOf(request, SDP);
    const { participantId } = request.params as { participantId: string };
    await admit(claims);
    const stage = registry.stage(claims.stage);
    const holding = await stage.subscribe(claims, clientOf(request), participantId, offer);
    tracing.followSubscription(holding.media);
    return created(reply, claims, holding);
  });

  /** Tells candidates, or restarts ICE (RFC 9725 §4.3). */
  app.patch('/:stageId/resource/:resourceId', { bodyLimit: MAXIMUM_FRAGMENT_LENGTH }, async (request, reply) => {
    reply.header('Accept-Patch', SDP_FRAGMENT);
    const body = bodyOf(request, SDP_FRAGMENT);
    const { resourceId, media } = resourceOf(request);
    rates.take(resourceId);
    const match = compareIfMatch(request.headers['if-match'], media.ice.tag);
    if (match === 'missing') throw new StageRefusal(428, StageErrorCode.FAILED, 'If-Match is needed');
    if (match === 'stale') throw new StageRefusal(412, StageErrorCode.FAILED, 'The ICE session is another one by now');
    const restart = (await media.ice.patch(body)) ?? (match === 'any' ? await media.ice.lastRestart : undefined);
    if (!restart) return reply.code(204).send();
    return reply.code(200).header('ETag', `"${restart.tag}"`).type(SDP_FRAGMENT).send(restart.fragment);
  });

  app.delete('/:stageId/resource/:resourceId', async (request, reply) => {
    resourceOf(request).media.close();
    return reply.code(200).send();
  });

  function clientOf({ headers }: FastifyRequest): ClientData {
    return readClientData(headers, options.countryHeader);
  }

  async function admit(claims: ParticipantClaims): Promise<void> {
    rates.take(`${stageKey(claims.stage)}/${claims.participantId}`);
    tracing.identify(claims);
    await admission.admit(claims);
  }

  function resourceOf(request: FastifyRequest): MediaResource {
    const { stage, participantId } = claimsOf(request);
    const { resourceId } = request.params as { resourceId: string };
    const resource = registry.findResource(stage, participantId, resourceId);
    if (!resource) throw new StageRefusal(404, StageErrorCode.FAILED, 'No such resource');
    return resource;
  }

  function created(reply: FastifyReply, claims: ParticipantClaims, { resourceId, media }: MediaResource) {
    // Whoever has hung up by now does not learn where to end it.
    if (reply.raw.destroyed) media.close();
    if (turn) reply.header('Link', iceServerLinks(turn.issue(claims.participantId)));
    return reply
      .code(201)
      .header('Location', `${whipUrl(claims.stage.stageId)}/resource/${resourceId}`)
      .header('ETag', `"${media.ice.tag}"`)
      .header('Content-Length', Buffer.byteLength(media.answer))
      .type(SDP)
      .send(media.answer);
  }
}

function bearerToken(request: FastifyRequest): string {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) throw new StageRefusal(401, StageErrorCode.TOKEN_MALFORMED, 'A participant token is needed as bearer');
  return token;
}

function claimsOf(request: FastifyRequest): ParticipantClaims {
  if (!request.claims) throw new Error('a media route was reached without a token');
  return request.claims;
}

/** @throws {StageRefusal} 415 for another type, 400 without a body */
function bodyOf({ headers, body }: FastifyRequest, type: string): string {
  const essence = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (essence !== type) throw new StageRefusal(415, StageErrorCode.FAILED, `Content-Type must be ${type}`);
  if (typeof body !== 'string' || body === '') {
    throw new StageRefusal(400, StageErrorCode.FAILED, 'The body is missing');
  }
  return body;
}
