import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createAnswers } from '../../http/answer.ts';
import { leaveBodyUnread } from '../../http/body.ts';
import { checkHost } from '../../http/host.ts';
import { createSignatureCheck, type SignatureRules } from '../../http/signature-check.ts';
import type { Store } from '../../store/store.ts';
import { type Permissions, plainRequest } from '../permissions.ts';
import { accessCallNames, makeAccessCall } from './access-calls.ts';
import { Administration } from './administration.ts';
import { administer } from './open-administration.ts';

export type AccessRoutesOptions = SignatureRules & {
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  hosts: readonly string[];
  logger: Logger;
  permissions: Permissions;
  store: Store;
};

/**
 * Users, keys and policies of the caller's account, to be registered under `/proscenium/access`: `POST …/CreateUser` and so on,
 * signed as calls of the API are, each with a permission of its own name (docs/access.md).
 */
export async function accessRoutes(app: FastifyInstance, options: AccessRoutesOptions): Promise<void> {
  const { clock, hosts, logger, permissions, store } = options;
  const answers = createAnswers(clock, logger);
  const checkSignature = createSignatureCheck(options);
  leaveBodyUnread(app);
  app.setErrorHandler((error, request, reply) => answers.error(request, reply, error));
  for (const name of accessCallNames) {
    app.post(`/${name}`, async (request, reply) => {
      checkHost(request.headers.host, hosts);
      const { principal, body } = await checkSignature(request);
      await permissions.demand(principal, [plainRequest(`proscenium:${name}`)]);
      const { account, arn } = principal;
      const access = administer(new Administration({ store, clock, account, actor: arn }));
      return answers.response(reply, { body: JSON.stringify(await makeAccessCall(name, body, access)), headers: {} });
    });
  }
}
