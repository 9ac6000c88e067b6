import { MediaRefusal, type RefusalReason } from '@proscenium/media';
import { ServiceUnavailable } from '@proscenium/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { StageErrorCode } from './close-codes.ts';

const RETRY_AFTER_SECONDS = 1;

/** Answers with what a media route has thrown (docs/signalling.md, "Errors of the HTTP routes"). */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message } = describeError(error);
  if (status === 500) request.log.error({ err: error }, 'a media request failed');
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  if (status === 429 || status === 503) reply.header('Retry-After', RETRY_AFTER_SECONDS);
  return reply.code(status).send({ code, message });
}

function describeError(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof StageRefusal) return { status: error.status, code: error.code, message: error.message };
  if (error instanceof TokenRefusal) {
    return { status: tokenStatus[error.code] ?? 401, code: error.code, message: error.message };
  }
  if (error instanceof MediaRefusal) {
    return { status: mediaStatus[error.reason], code: StageErrorCode.FAILED, message: error.message };
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

const mediaStatus: Readonly<Record<RefusalReason, number>> = {
  BROKEN_OFFER: 400,
  NO_VIDEO_SECTION: 400,
  CODEC_MISMATCH: 400,
  UNSUPPORTED_OFFER: 406,
  HALF_RESTART: 422,
  CONNECTION_ENDED: 404,
  PUBLISHER_NOT_FOUND: 404,
  UNAVAILABLE: 503,
};
