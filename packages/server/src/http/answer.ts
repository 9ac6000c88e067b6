import { InternalServerException, type WrittenResponse } from '@proscenium/model';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { toServiceError } from './service-error.ts';

/** Headers that every answer of the API has, errors too. */
export const fixedHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': [
    'Access-Control-Allow-Origin',
    'Access-Control-Expose-Headers',
    'Cache-Control',
    'Content-Length',
    'Content-Security-Policy',
    'Content-Type',
    'date',
    'Strict-Transport-Security',
    'x-amz-apigw-id',
    'x-amzn-errormessage',
    'x-amzn-errortype',
    'x-amzn-requestid',
    'x-amzn-trace-id',
    'X-Content-Type-Options',
    'X-Frame-Options',
  ].join(','),
  'Cache-Control': 'no-store, no-cache',
  'Content-Security-Policy': "default-src 'self'; upgrade-insecure-requests;",
  // With a colon where the standard has an equals sign: clients get to see this header as a member of responses.
  'Strict-Transport-Security': 'max-age:47304000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Turns what came of a call into its HTTP response. */
export type Answers = {
  response(reply: FastifyReply, written: WrittenResponse): FastifyReply;
  error(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply;
  preflight(reply: FastifyReply): FastifyReply;
};

export function createAnswers(clock: Clock, logger: FastifyBaseLogger): Answers {
  /** Clients correct their own clock by `Date`, hence it is the clock that signatures are judged by. */
  const begin = (reply: FastifyReply, status: number) =>
    reply
      .code(status)
      .headers({ ...fixedHeaders, Date: clock.now().toUTCString(), 'x-amzn-RequestId': reply.request.id });

  return {
    response(reply, { status = 200, body, headers }) {
      begin(reply, status).headers(headers);
      return body === undefined ? reply.send() : sendJson(reply, body);
    },
    error(request, reply, thrown) {
      const error = toServiceError(thrown);
      if (error instanceof InternalServerException)
        logger.error({ err: thrown, requestId: request.id }, 'A call failed');
      const { name, status, message, modelled } = error;
      begin(reply, status).header('x-amzn-ErrorType', name);
      return sendJson(reply, JSON.stringify(modelled ? { exceptionMessage: message, message } : { message }));
    },
    preflight(reply) {
      return begin(reply, 200)
        .headers({ 'Access-Control-Allow-Methods': 'GET,POST,DELETE,OPTIONS', 'Access-Control-Allow-Headers': '*' })
        .send();
    },
  };
}

/** As bytes, because to a text Fastify would add a `charset`. */
function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.type('application/json').send(Buffer.from(json));
}
