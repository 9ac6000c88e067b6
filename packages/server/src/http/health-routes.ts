import type { Sfu } from '@proscenium/media';
import type { FastifyInstance } from 'fastify';
import type { Drain } from '../drain/drain.ts';

export interface HealthParts {
  /** 0: a server without media. */
  readonly workersConfigured: number;
  readonly sfu: Pick<Sfu, 'workerPids'>;
  readonly drain: Pick<Drain, 'underWay'>;
}

/** `/healthz`: the server answers. `/readyz`: it takes further participants (docs/deployment.md). */
export async function healthRoutes(app: FastifyInstance, parts: HealthParts): Promise<void> {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_, reply) => {
    const reason = unreadiness(parts);
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'unavailable', reason });
  });
}

/** Why no further participants should be sent here; undefined: they are welcome. */
function unreadiness({ workersConfigured, sfu, drain }: HealthParts): string | undefined {
  if (drain.underWay) return 'draining';
  return sfu.workerPids.length > 0 || workersConfigured === 0 ? undefined : 'no media worker is running';
}
