import {
  NotImplementedException,
  type OperationName,
  readRequest,
  type WrittenResponse,
  writeResponse,
} from '@proscenium/model';
import type { FastifyRequest } from 'fastify';
import { accessRequests } from '../access/access-requests.ts';
import type { Permissions } from '../access/permissions.ts';
import { type Audit, type CallUnderWay, noAudit } from '../audit/audit.ts';
import type { Accounts } from '../identity/accounts.ts';
import { splitUrl } from '../identity/canonical-request.ts';
import { authorize } from './authorize.ts';
import type { Handler, Handlers } from './handlers.ts';
import { checkHost } from './host.ts';
import { readInput } from './input.ts';
import { findRoute } from './route.ts';
import { createSignatureCheck, type SignatureRules } from './signature-check.ts';
import type { Throttle } from './throttle.ts';

export type FrontDoorOptions = SignatureRules & {
  handlers: Handlers;
  accounts: Accounts;
  permissions: Permissions;
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  hosts: readonly string[];
  /** Left out: callers may be as fast as they can. */
  throttle?: Throttle | undefined;
  /** Called with every call whose signature was accepted; what it throws is answered. */
  beforeHandling?: ((operation: OperationName, request: FastifyRequest) => Promise<void>) | undefined;
  /** Left out: nobody writes down who calls. */
  audit?: Audit | undefined;
};

export type FrontDoor = (request: FastifyRequest) => Promise<WrittenResponse>;

/** The way of every API call, step by step. Each step throws what the caller is to be told. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { handlers, accounts, permissions, clock, hosts, throttle, beforeHandling } = options;
  const { audit = noAudit } = options;
  const checkSignature = createSignatureCheck(options);

  return async (request) => {
    const { method = '', url: rawUrl = '', headers } = request.raw;
    const { path, query } = splitUrl(rawUrl);

    checkHost(headers.host, hosts);
    const route = findRoute(method, path);
    const { operation } = route;
    const call: CallUnderWay = { operation, requestId: request.id, time: clock.now(), message: request.raw };
    const { written } = await audit.accompany(call, async () => {
      const { principal, body, now } = await checkSignature(request);
      call.caller = principal;
      const { account, region, arn: principalArn } = principal;
      const scope = { account, region };
      throttle?.take(scope, operation, now);
      if (beforeHandling !== undefined) await beforeHandling(operation, request);
      const handler = findHandler(handlers, operation);
      const input = readRequest(operation, readInput(route, { query, contentType: headers['content-type'], body }));
      call.request = input;
      await permissions.demand(principal, accessRequests(operation, input, scope));
      authorize(operation, account, accounts);
      const response = await handler(input, { scope, requestId: request.id, principalArn });
      return { response, written: writeResponse(operation, response) };
    });
    return written;
  };
}

function findHandler<Name extends OperationName>(handlers: Handlers, operation: Name): Handler<Name> {
  const handler: Handler<Name> | undefined = handlers[operation];
  if (handler === undefined) throw new NotImplementedException(`${operation} is not implemented`);
  return handler;
}
