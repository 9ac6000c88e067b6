import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { ChannelViewers } from '../channels/channel-viewers.ts';
import { systemClock } from '../clock.ts';
import { createHttpServer } from '../http/http-server.ts';
import { openLocalFolder } from '../objects/local-folder.fixture.ts';
import { MoodyStore } from '../objects/moody-store.fixture.ts';
import { channelRoutes } from './channel-routes.ts';
import { createSendAsset } from './send-asset.ts';

const own = { account: '123456789012', region: 'us-west-2' };

async function openRoutes(t: TestContext) {
  const { store } = await openLocalFolder(t);
  const objects = new MoodyStore(store);
  const logger = pino({ level: 'silent' });
  const app = createHttpServer({ clock: systemClock, logger });
  const sendAsset = createSendAsset(() => 'http://localhost');
  const viewers = new ChannelViewers(own, systemClock);
  const options = { hosts: ['localhost'], own, bucketName: 'channels', objects, viewers, logger, sendAsset };
  await app.register(channelRoutes, options);
  t.after(() => app.close());
  const put = (key: string, data: string, account = own.account) =>
    objects.put({ account, bucket: 'channels', key }, { data });
  return { objects, viewers, put, get: (url: string) => app.inject({ url, headers: { host: 'localhost' } }), app };
}

test('anybody can read a channel’s stream, with what a player of another site needs', async (t) => {
  const { put, get } = await openRoutes(t);
  await put('channels/abc/multivariant.m3u8', '#EXTM3U');
  await put('channels/abc/720p30-k3Jd9aQ1xYz0/0.mp4', 'segment');
  const playlist = await get('/channels/abc/multivariant.m3u8?x=1');
  assert.deepEqual([playlist.statusCode, playlist.body], [200, '#EXTM3U']);
  assert.equal(playlist.headers['content-type'], 'application/vnd.apple.mpegurl');
  assert.equal(playlist.headers['access-control-allow-origin'], '*');
  assert.equal(playlist.headers['cache-control'], 'no-cache');
  const segment = await get('/channels/abc/720p30-k3Jd9aQ1xYz0/0.mp4');
  assert.deepEqual([segment.statusCode, segment.body], [200, 'segment']);
  assert.equal(segment.headers['content-length'], '7');
  assert.match(String(segment.headers['cache-control']), /immutable/);
  assert.equal(segment.headers['content-security-policy'], 'sandbox');
});

test('whoever reads the multivariant playlist gets a name, by which those who watch are counted', async (t) => {
  const { put, get, viewers } = await openRoutes(t);
  await put('channels/abc/multivariant.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsource-1/playlist.m3u8\n');
  await put('channels/abc/source-1/playlist.m3u8', '#EXTM3U');
  const addresses = [];
  for (const _ of [1, 2]) {
    const { body } = await get('/channels/abc/multivariant.m3u8');
    const [, address] = /^(source-1\/playlist\.m3u8\?viewer=[\w-]{44})$/m.exec(body) ?? assert.fail(body);
    addresses.push(address);
  }
  const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abc';
  assert.equal(viewers.count(arn), 0, 'nobody plays it yet');
  for (const address of [...addresses, ...addresses]) await get(`/channels/abc/${address}`);
  assert.equal(viewers.count(arn), 2);
  // Names of their own making are none: from one machine they are one viewer.
  const [given = ''] = addresses.map((address = '') => address.split('=')[1]);
  const madeUp = ['a', 'A'.repeat(44), given.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), randomUUID()];
  for (const name of [...madeUp, `${given}&viewer=${given}`]) {
    assert.equal((await get(`/channels/abc/source-1/playlist.m3u8?viewer=${name}`)).statusCode, 200);
  }
  assert.equal(viewers.count(arn), 3);

  const other = 'arn:aws:ivs:us-west-2:123456789012:channel/other';
  assert.equal(viewers.count(other), 0);
  await put('channels/other/source-1/playlist.m3u8', '#EXTM3U');
  for (const address of addresses) await get(`/channels/other/${address}`);
  assert.equal(viewers.count(other), 1, 'a name is good for one channel');
});

test('channels of other accounts and regions have names of their own', async (t) => {
  const { put, get } = await openRoutes(t);
  const path = '210987654321/eu-west-1/abc';
  await put(`channels/${path}/multivariant.m3u8`, 'theirs', '210987654321');
  assert.equal((await get(`/channels/${path}/multivariant.m3u8`)).body, 'theirs');
  assert.equal((await get('/channels/abc/multivariant.m3u8')).statusCode, 404);
});

test('nothing else of the bucket or of the disk can be read', async (t) => {
  const { put, get } = await openRoutes(t);
  await put('channels/abc/secret.json', 'secret');
  await put('elsewhere/multivariant.m3u8', 'secret');
  for (const path of [
    'abc/secret.json',
    'abc/../../elsewhere/multivariant.m3u8',
    'abc/%2e%2e/%2e%2e/elsewhere/multivariant.m3u8',
    '..%2felsewhere/multivariant.m3u8',
    '',
  ]) {
    const answer = await get(`/channels/${path}`);
    assert.equal(answer.statusCode, 404, path);
    assert.ok(!answer.body.includes('secret'), path);
  }
});

test('a channel has a page, live or not', async (t) => {
  const { get } = await openRoutes(t);
  const page = await get('/channels/abc');
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.match(page.body, /assets\/channel\.js/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
});

test('a HEAD is answered, a write is not', async (t) => {
  const { put, app } = await openRoutes(t);
  await put('channels/abc/multivariant.m3u8', '#EXTM3U');
  const url = '/channels/abc/multivariant.m3u8';
  const headers = { host: 'localhost' };
  const head = await app.inject({ method: 'HEAD', url, headers });
  assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', '7']);
  for (const method of ['PUT', 'DELETE', 'POST'] as const) {
    assert.equal((await app.inject({ method, url, headers })).statusCode, 404);
  }
});

test('where there is no bucket there is no stream; a store that is away is told of as such', async (t) => {
  const { objects, get } = await openRoutes(t);
  objects.mood = 'lacks';
  assert.equal((await get('/channels/abc/multivariant.m3u8')).statusCode, 404);
  objects.mood = 'away';
  assert.equal((await get('/channels/abc/multivariant.m3u8')).statusCode, 503);
});

test('a request whose host is not known is refused', async (t) => {
  const { app } = await openRoutes(t);
  const answer = await app.inject({ url: '/channels/abc', headers: { host: 'evil.example.com' } });
  assert.equal(answer.statusCode, 421);
});
