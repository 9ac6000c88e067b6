import { AccessDeniedException } from '@proscenium/model';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type Permissions, plainRequest } from '../access/permissions.ts';
import { createAnswers } from '../http/answer.ts';
import { leaveBodyUnread } from '../http/body.ts';
import { checkHost } from '../http/host.ts';
import { createSignatureCheck, type SignatureRules } from '../http/signature-check.ts';
import type { Drain } from './drain.ts';

export type DrainRoutesOptions = SignatureRules & {
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  hosts: readonly string[];
  logger: Logger;
  permissions: Permissions;
  /** The server's own account: draining concerns all accounts, so no other one may ask for it. */
  account: string;
  drain: Drain;
};

/** `POST /proscenium/drain`, signed as calls of the API are (docs/deployment.md). */
export async function drainRoutes(app: FastifyInstance, options: DrainRoutesOptions): Promise<void> {
  const { clock, hosts, logger, permissions, account, drain } = options;
  const answers = createAnswers(clock, logger);
  const checkSignature = createSignatureCheck(options);
  leaveBodyUnread(app);
  app.setErrorHandler((error, request, reply) => answers.error(request, reply, error));

  app.post('/proscenium/drain', async (request, reply) => {
    checkHost(request.headers.host, hosts);
    const { principal } = await checkSignature(request);
    if (principal.account !== account) {
      throw new AccessDeniedException(
        'Only access keys of the account that the server itself belongs to may drain it.',
      );
    }
    await permissions.demand(principal, [plainRequest('proscenium:DrainServer')]);
    const participants = drain.begin(principal.arn);
    return answers.response(reply, { body: JSON.stringify({ participants }), headers: {} });
  });
}
