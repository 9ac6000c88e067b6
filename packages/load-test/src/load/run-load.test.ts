import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { VIDEO_DEFAULTS } from '../stream/video-source.ts';
import { runLoad } from './run-load.ts';

test('participants begin to join at the pace of the plan, and none waits for another', async (t) => {
  const count = 5;
  const joinsPerSecond = 20;
  const waiting: ServerResponse[] = [];
  const askedMs: number[] = [];
  // Nobody is answered before all have asked.
  const server = createServer((_, response) => {
    askedMs.push(performance.now());
    waiting.push(response);
    if (waiting.length < count) return;
    for (const each of waiting) each.writeHead(503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;

  const beginMs = performance.now();
  const plan = {
    publisherTokens: Array.from({ length: count }, (_, index) => tokenFor(`host-${index}`, port)),
    subscriberTokens: [],
    subscribeBy: 'post',
    video: VIDEO_DEFAULTS,
    lowerLayers: [],
    audio: false,
    durationMs: 1_000,
    joinsPerSecond,
    churnPerSecond: 0,
  } as const;
  const { failures } = await runLoad(plan, { signal: new AbortController().signal, onSample: () => undefined });
  assert.deepEqual(failures, [{ reason: 'publish: answered with 503: nothing', count }]);
  for (const [index, atMs] of askedMs.entries()) assert.ok(atMs - beginMs >= (1_000 * index) / joinsPerSecond - 1);
});

/** Unsigned: nobody looks. */
function tokenFor(participantId: string, port: number): string {
  const url = `http://127.0.0.1:${port}/whip/stage`;
  const claims = { jti: participantId, topic: 'stage', events_url: `${url}/events`, whip_url: url };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}
