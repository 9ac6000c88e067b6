import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createIceCredentials, createIdentity, writeSubscribeOffer } from '@proscenium/participant/connection';
import { VIDEO_DEFAULTS } from '../stream/video-source.ts';
import { subscribeToOffer } from './offered-subscriber.ts';
import { subscribeByPost } from './post-subscriber.ts';
import { Publisher } from './publisher.ts';
import { Refused, type Signalling } from './signalling.ts';

const identity = await createIdentity();
/** Nobody listens at the port for media, and the system says so at once. */
const description =
  writeSubscribeOffer({ credentials: createIceCredentials(), fingerprint: identity.fingerprint }, ['video']) +
  'a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n';
const lonely: Signalling = async () => ({
  answer: description,
  end: () => Promise.reject(new Refused('DELETE', 503, 'overloaded')),
});
const options = { identity, openEveryPictures: 1 };
const WHY = { code: 'ECONNREFUSED' };

test('who publishes tells why there is no connection, also where the server refuses the end', async () => {
  await assert.rejects(Publisher.start(lonely, { identity, video: VIDEO_DEFAULTS, audio: false }), WHY);
});

test('so does who subscribes by an offer of his own', async () => {
  await assert.rejects(subscribeByPost(lonely, ['video'], options), WHY);
});

test('so does who subscribes to an offer', async (t) => {
  const ended: (string | undefined)[] = [];
  const url = await serve(t, (method = '') => {
    ended.push(method);
    return { POST: 201, PATCH: 204 }[method] ?? 503;
  });
  await assert.rejects(subscribeToOffer(url, options), WHY);
  assert.deepEqual(ended, ['POST', 'PATCH', 'DELETE']);
});

async function serve(t: TestContext, statusFor: (method: string | undefined) => number): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(statusFor(request.method), { location: '/offers/1' });
    response.end(request.method === 'POST' ? description : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/offers`;
}
