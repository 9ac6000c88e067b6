import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { Counter } from './counter.ts';
import { HttpMetrics } from './http-metrics.ts';
import { serverMetrics } from './server-metrics.ts';

test('what is refused because of a limit is counted whatever its method, a server that is not ready is not', async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const limitsHit = new Counter(serverMetrics.limitsHit);
  new HttpMetrics(limitsHit).watch(app);
  app.get('/tags/:resourceArn', (_, reply) =>
    reply.code(429).header('x-amzn-ErrorType', 'ThrottlingException').send({}),
  );
  app.post('/CreateStage', (_, reply) =>
    reply.code(402).header('x-amzn-ErrorType', 'ServiceQuotaExceededException').send({}),
  );
  app.post('/whip/:stageId', (_, reply) => reply.code(503).send());
  app.get('/readyz', (_, reply) => reply.code(503).send());
  app.get('/healthz', () => ({}));
  await app.inject({ method: 'GET', url: '/tags/some-arn' });
  await app.inject({ method: 'POST', url: '/CreateStage' });
  await app.inject({ method: 'POST', url: '/whip/AbCdEfGhIjKl' });
  for (const url of ['/readyz', '/healthz']) {
    await app.inject({ method: 'GET', url });
    await app.inject({ method: 'HEAD', url });
  }
  assert.deepEqual(
    limitsHit.samples().map(({ labels, value }) => [labels.limit, value]),
    [
      ['throttle', 1],
      ['quota', 1],
      ['capacity', 1],
    ],
  );
});
