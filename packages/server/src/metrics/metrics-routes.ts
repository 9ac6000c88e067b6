import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hostCheck } from '../http/host.ts';
import { isFromLoopback } from '../http/loopback.ts';
import { chooseFormat, writeMetrics } from './exposition.ts';
import type { MetricFamily } from './metric.ts';

/** Who may read: whoever has the token, programs on this machine, or whoever reaches the address. */
export type MetricsReaders = { readonly bearerToken: string } | 'loopback' | 'everybody' | 'nobody';

export interface MetricsRoutesOptions {
  /** Accepted host names, beside any IP address. */
  readonly hosts: readonly string[];
  readonly readers: MetricsReaders;
  readonly collect: () => Promise<MetricFamily[]>;
}

/** `GET /metrics` (docs/metrics.md). */
export async function metricsRoutes(
  app: FastifyInstance,
  { hosts, readers, collect }: MetricsRoutesOptions,
): Promise<void> {
  app.addHook('onRequest', hostCheck(hosts));
  app.get('/metrics', async (request, reply) => {
    const refusal = refuse(readers, request);
    if (refusal) return sendRefusal(reply, refusal);
    const format = chooseFormat(request.headers.accept);
    return reply
      .type(format.contentType)
      .header('Cache-Control', 'no-store')
      .send(await writeMetrics(await collect(), format));
  });
}

interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

function refuse(readers: MetricsReaders, request: FastifyRequest): Refusal | undefined {
  if (readers === 'everybody') return undefined;
  if (readers === 'loopback' || readers === 'nobody') {
    if (readers === 'loopback' && isFromLoopback(request)) return undefined;
    return { status: 403, message: 'Set metrics.bearerToken or metrics.listen to read metrics from elsewhere.' };
  }
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && isSame(token, readers.bearerToken)) return undefined;
  return { status: 401, message: 'The token of metrics.bearerToken is needed as bearer.' };
}

/** Takes as long whatever is alike. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function sendRefusal(reply: FastifyReply, { status, message }: Refusal): FastifyReply {
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  return reply.code(status).type('text/plain').send(`${message}\n`);
}
