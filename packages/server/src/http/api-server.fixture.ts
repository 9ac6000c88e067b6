import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { TestContext } from 'node:test';
import type { OperationName } from '@proscenium/model';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { unrestricted } from '../access/unrestricted.fixture.ts';
import type { Clock } from '../clock.ts';
import { createAccessKeys } from '../identity/access-keys.ts';
import { createAccounts } from '../identity/accounts.ts';
import { accessKey, type PlainRequest, sign, type WireRequest } from '../identity/signer.fixture.ts';
import { type ApiOptions, apiNotFound, apiRoutes } from './api-routes.ts';
import type { Call, Handlers } from './handlers.ts';
import { createHttpServer } from './http-server.ts';

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; json(): unknown };
export type RecordedCall = { operation: OperationName; request: unknown; call: Call };

export const stage = { arn: 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh', name: 'friday-show', tags: {} };

/** A server with the API on a port of its own, which the end of the test closes. */
export type ApiServer = {
  fastify: FastifyInstance;
  port: number;
  /** Calls that came through to a handler. */
  calls: RecordedCall[];
  /** Lines of the log. */
  log: string[];
  send(request: WireRequest): Promise<Answer>;
  /** Signs by the server's clock, and sends. */
  call(request: Partial<PlainRequest>): Promise<Answer>;
};

export type ApiServerOptions = Partial<Omit<ApiOptions, 'logger'>> & {
  requestTimeoutMs?: number;
  /** Adds routes beside the API's. */
  addRoutes?: (fastify: FastifyInstance) => void;
};

export const silentLogger = pino({ level: 'silent' });

export const fixedClock: Clock = { now: () => new Date('2026-11-21T12:00:00Z') };

export async function startApiServer(t: TestContext, options: ApiServerOptions = {}): Promise<ApiServer> {
  const { requestTimeoutMs, addRoutes, ...rest } = options;
  const log: string[] = [];
  const calls: RecordedCall[] = [];
  const logger = pino({}, { write: (line) => log.push(line) });
  const api: ApiOptions = {
    handlers: recordingHandlers(calls),
    accessKeys: createAccessKeys([accessKey]),
    accounts: createAccounts([]),
    permissions: unrestricted,
    clock: fixedClock,
    regions: ['us-west-2', 'eu-west-1'],
    hosts: ['localhost'],
    bodyLimitBytes: 1_048_576,
    logger,
    ...rest,
  };
  const fastify = createHttpServer({ clock: api.clock, logger, requestTimeoutMs });
  fastify.register(apiRoutes, api);
  fastify.register(apiNotFound, api);
  addRoutes?.(fastify);
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => fastify.close());
  const address = fastify.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const send = (wire: WireRequest) => sendTo(port, wire);
  const call = async (plain: Partial<PlainRequest>) =>
    send(await sign({ ...createStageRequest, ...plain }, { signingDate: api.clock.now() }));
  return { fastify, port, calls, log, send, call };
}

export const createStageRequest: PlainRequest = {
  method: 'POST',
  path: '/CreateStage',
  headers: { 'content-type': 'application/json' },
  body: '{}',
};

/** Stages and tags that remember nothing but that they were called. */
function recordingHandlers(calls: RecordedCall[]): Handlers {
  const record = (operation: OperationName, request: unknown, call: Call) => calls.push({ operation, request, call });
  return {
    async CreateStage(request, call) {
      record('CreateStage', request, call);
      return { stage: { ...stage, ...request }, participantTokens: [] };
    },
    async ListTagsForResource(request, call) {
      record('ListTagsForResource', request, call);
      return { tags: { 'odd ünï': '=' } };
    },
    async TagResource(request, call) {
      record('TagResource', request, call);
      return {};
    },
    async UntagResource(request, call) {
      record('UntagResource', request, call);
      return {};
    },
  };
}

async function sendTo(port: number, { method, url, headers, body }: WireRequest): Promise<Answer> {
  const framed = body.length === 0 ? headers : { 'content-length': String(body.length), ...headers };
  const to = { host: '127.0.0.1', port, method, path: url, headers: framed, setHost: false, agent: false };
  const outgoing = request(to);
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  const chunks: Buffer[] = await response.toArray();
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}
