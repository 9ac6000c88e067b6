import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

/**
 * Of all that Fastify would log about requests, the failures of the server alone, and without the request: its URL may
 * be presigned, so that whoever reads it can make that call again, and its headers hold tokens.
 */
export class FailureLog extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: 'requestId' });
  }

  override defaultErrorLog(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    if (reply.statusCode >= 500) reply.log.error({ err: error }, 'A request failed');
  }
}
