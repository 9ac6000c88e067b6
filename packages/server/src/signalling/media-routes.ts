import { MAXIMUM_DESCRIPTION_LENGTH, MediaRefusal } from '@proscenium/media';
import { ServiceUnavailable } from '@proscenium/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hostCheck } from '../http/host.ts';
import { type ClientData, readClientData } from '../participants/client-data.ts';
import type { StageRegistry } from '../participants/registry.ts';
import type { MediaResource } from '../participants/stage-context.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { StageErrorCode } from './close-codes.ts';
import type { ParticipantAdmission } from './participant-admission.ts';

export interface MediaRoutesOptions {
  /** Accepted host names, beside any IP address. */
  readonly hosts: readonly string[];
  readonly registry: StageRegistry;
  readonly admission: ParticipantAdmission;
  /** Where a stage takes WHIP, as its endpoints and tokens say. */
  readonly whipUrl: (stageId: string) => string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on the media routes. */
    claims?: ParticipantClaims;
  }
}

const SDP = 'application/sdp';
const ALLOWED_METHODS = 'OPTIONS, POST, PATCH, DELETE';
const RETRY_AFTER_SECONDS = 1;

/** WHIP (RFC 9725) and subscribing by POST, to be registered under `/whip` (docs/signalling.md). */
export async function mediaRoutes(app: FastifyInstance, options: MediaRoutesOptions): Promise<void> {
  const { hosts, registry, admission, whipUrl } = options;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(SDP, { parseAs: 'string', bodyLimit: MAXIMUM_DESCRIPTION_LENGTH }, (_, body, done) =>
    done(null, body),
  );
  // Some clients send a type, and no body, with DELETE.
  app.addContentTypeParser('*', (request, payload, done) => {
    payload.resume();
    if (request.method === 'DELETE') done(null);
    else done(new StageRefusal(415, StageErrorCode.FAILED, `Content-Type must be ${SDP}`));
  });

  app.addHook('onRequest', hostCheck(hosts));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*');
    reply.header('Access-Control-Expose-Headers', 'location, etag, link, retry-after, accept-post, accept-patch');
    if (request.method === 'OPTIONS' || request.method === 'PATCH') return;
    const token = bearerToken(request);
    // What a token began can be ended with it for as long as it lasts.
    const claims = await (request.method === 'DELETE' ? admission.identify(token) : admission.verify(token));
    const { stageId } = request.params as { stageId?: string };
    if (stageId !== undefined && stageId !== claims.stage.stageId) {
      throw new StageRefusal(403, StageErrorCode.TOKEN_NOT_ALLOWED, 'The token is for another stage');
    }
    request.claims = claims;
  });

  app.setErrorHandler((error: unknown, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler(() => {
    throw new StageRefusal(404, StageErrorCode.FAILED, 'No such resource');
  });

  for (const path of ['/', '/:stageId', '/:stageId/subscribe/:participantId', '/:stageId/resource/:resourceId']) {
    app.options(path, (_, reply) =>
      reply
        .code(204)
        .header('Access-Control-Allow-Methods', ALLOWED_METHODS)
        .header('Access-Control-Allow-Headers', 'authorization, content-type, if-match')
        .header('Access-Control-Max-Age', '7200')
        .header('Accept-Post', SDP)
        .send(),
    );
    // Trickle and restarts of ICE need no PATCH: the answer holds all candidates, and clients POST anew.
    app.patch(path, (_, reply) => {
      reply.header('Allow', 'OPTIONS, POST, DELETE');
      throw new StageRefusal(405, StageErrorCode.FAILED, 'PATCH is not supported');
    });
  }

  /** The one address for all stages, as the real service has one: the token tells where to go. */
  app.post('/', (request, reply) =>
    reply
      .code(307)
      .header('Location', whipUrl(claimsOf(request).stage.stageId))
      .send(),
  );

  app.post('/:stageId', async (request, reply) => {
    const claims = claimsOf(request);
    const offer = offerOf(request);
    await admission.admit(claims);
    return created(reply, claims, await registry.stage(claims.stage).publish(claims, clientOf(request), offer));
  });

  app.post('/:stageId/subscribe/:participantId', async (request, reply) => {
    const claims = claimsOf(request);
    const offer = offerOf(request);
    const { participantId } = request.params as { participantId: string };
    await admission.admit(claims);
    const stage = registry.stage(claims.stage);
    return created(reply, claims, await stage.subscribe(claims, clientOf(request), participantId, offer));
  });

  app.delete('/:stageId/resource/:resourceId', async (request, reply) => {
    const { stage, participantId } = claimsOf(request);
    const { resourceId } = request.params as { resourceId: string };
    if (!registry.endResource(stage, participantId, resourceId)) {
      throw new StageRefusal(404, StageErrorCode.FAILED, 'No such resource');
    }
    return reply.code(200).send();
  });

  function created(reply: FastifyReply, claims: ParticipantClaims, { resourceId, answer }: MediaResource) {
    return reply
      .code(201)
      .header('Location', `${whipUrl(claims.stage.stageId)}/resource/${resourceId}`)
      .header('ETag', `"${resourceId}"`)
      .header('Content-Length', Buffer.byteLength(answer))
      .type(SDP)
      .send(answer);
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

function offerOf(request: FastifyRequest): string {
  if (typeof request.body !== 'string' || request.body === '') {
    throw new StageRefusal(
      request.headers['content-type'] ? 400 : 415,
      StageErrorCode.FAILED,
      `The body must be ${SDP}`,
    );
  }
  return request.body;
}

function clientOf(request: FastifyRequest): ClientData {
  return readClientData(request.headers['user-agent']);
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message } = describeError(error);
  if (status === 500) request.log.error({ err: error }, 'a media request failed');
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  if (status === 503) reply.header('Retry-After', RETRY_AFTER_SECONDS);
  return reply.code(status).send({ code, message });
}

function describeError(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof StageRefusal) return { status: error.status, code: error.code, message: error.message };
  if (error instanceof TokenRefusal) {
    return { status: tokenStatus[error.code] ?? 401, code: error.code, message: error.message };
  }
  if (error instanceof MediaRefusal) {
    const status = { UNAVAILABLE: 503, PUBLISHER_NOT_FOUND: 404 }[error.reason as string] ?? 400;
    return { status, code: StageErrorCode.FAILED, message: error.message };
  }
  if (error instanceof ServiceUnavailable) {
    return { status: 503, code: StageErrorCode.FAILED, message: 'The server is overloaded' };
  }
  // Fastify's own: body too large, broken framing.
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (statusCode && statusCode < 500) return { status: statusCode, code: StageErrorCode.FAILED, message };
  return { status: 500, code: StageErrorCode.FAILED, message: 'Internal error' };
}

const tokenStatus: Readonly<Record<number, number>> = {
  [StageErrorCode.TOKEN_MALFORMED]: 401,
  [StageErrorCode.TOKEN_EXPIRED]: 401,
  [StageErrorCode.STAGE_DELETED]: 404,
  [StageErrorCode.PARTICIPANT_DISCONNECTED]: 403,
};
