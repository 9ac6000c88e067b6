import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

describe('Subscribing by posted offers', () => {
  const client = useClient({ withMedia: true, offers: false });

  for (const [status, body, code] of [
    [403, '{"code":6,"message":"stage full"}', 6],
    [403, '{"code":8,"message":"not allowed"}', 8],
    [403, '{"code":10,"message":"disconnected"}', 10],
    [400, '{"code":7,"message":"codec"}', 7],
    [401, '{"code":2,"message":"expired"}', 2],
    [404, '{"code":9,"message":"gone"}', 9],
    [400, 'not JSON', 4],
  ] as const) {
    it(`tells error ${code} when it is refused with ${status} ${body}, and tries again on refresh`, async () => {
      const { onWhip } = client.server;
      client.server.onWhip = () => ({ status, body });
      await client.media.publishPicture('bob');
      await client.join();
      await client.until(`error SUBSCRIBE_ERROR ${code}`);
      assert.deepEqual((await client.lines()).slice(-3), [
        'subscribe bob attempting_subscribe',
        'subscribe bob errored',
        `error SUBSCRIBE_ERROR ${code}`,
      ]);
      client.server.onWhip = onWhip;
      await client.page.evaluate(() => stage.refreshStrategy());
      await client.until('subscribe bob subscribed');
      assert.deepEqual((await client.lines()).slice(-3), [
        'subscribe bob attempting_subscribe',
        'added bob audio video',
        'subscribe bob subscribed',
      ]);
    });
  }

  it('tries again while the publisher is not there yet, or the server is overloaded', async () => {
    const { onWhip } = client.server;
    const refusals = [{ status: 404, body: '{"code":4,"message":"unknown publisher"}' }, { status: 503 }];
    client.server.onWhip = (request) => refusals.shift() ?? onWhip(request);
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    assert.ok(!(await client.lines()).some((line) => line.startsWith('error ')));
  });

  it('tries again at once when the network comes back', async () => {
    const { onWhip } = client.server;
    client.server.onWhip = () => ({ status: 503, headers: { 'retry-after': '20' } });
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob errored');
    client.server.onWhip = onWhip;
    await client.page.evaluate(() => window.dispatchEvent(new Event('online')));
    assert.equal((await client.lines()).at(-1), 'subscribe bob attempting_subscribe');
    await client.until('subscribe bob subscribed');
  });

  it('gives up when nobody answers for thirty seconds', async () => {
    await client.page.clock.install();
    client.server.onWhip = () => ({ status: 502 });
    await client.media.publishPicture('bob');
    await client.join();
    await client.runClockUntil('error SUBSCRIBE_ERROR 4');
    assert.equal((await client.lines()).at(-2), 'subscribe bob errored');
    assert.ok(client.server.requests.filter(({ method }) => method === 'POST').length > 4);
  });

  it('leaves one publisher alone when another one cannot be received', async () => {
    const { onWhip } = client.server;
    client.server.onWhip = (request) => (request.path.endsWith('/eve') ? { status: 400 } : onWhip(request));
    await client.media.publishPicture('bob');
    await client.media.publishPicture('eve');
    await client.join();
    await client.until('subscribe eve errored');
    await client.until('subscribe bob subscribed');
  });

  it('subscribes anew when the server tells that a publish is another one', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    client.server.setMember('bob', { publishId: 'another' });
    await client.until('subscribe bob subscribed');
    assert.deepEqual(await client.lines(), [
      'publish bob not_published',
      'publish bob published',
      'removed bob audio video',
      'subscribe bob attempting_subscribe',
      'added bob audio video',
      'subscribe bob subscribed',
    ]);
  });

  it('tells the streams of which the server says that something comes', async () => {
    await client.media.publishPicture('bob');
    client.server.setMember('bob', { tracks: [{ kind: 'audio' }] });
    await client.join();
    await client.until('added bob audio');
    client.server.setMember('bob', { tracks: [{ kind: 'audio' }, { kind: 'video' }] });
    await client.until('added bob video');
    assert.equal(client.server.requests.filter(({ path }) => path.endsWith('/subscribe/bob')).length, 1);
  });

  it('tells CODEC_MISMATCH when what the publisher sends is not sent here', async () => {
    const { onWhip } = client.server;
    client.server.onWhip = async (request) => {
      const reply = await onWhip(request);
      return { ...reply, body: reply.body?.replace(/(m=video[\s\S]*?a=)sendonly/, '$1inactive') ?? '' };
    };
    await client.media.publishPicture('bob');
    client.server.setMember('bob', { tracks: [{ kind: 'audio' }, { kind: 'video' }] });
    await client.join();
    await client.until('error SUBSCRIBE_ERROR 7');
    assert.deepEqual((await client.lines()).slice(-3), [
      'added bob audio',
      'subscribe bob errored',
      'error SUBSCRIBE_ERROR 7',
    ]);
  });

  it('waits longer for a server that is known to offer, and goes over to what it offers after all', async () => {
    await client.page.clock.install();
    await client.media.publishPicture('bob');
    client.server.setMember('bob', { publishId: 'one' });
    await client.join();
    await client.page.clock.runFor(9_000);
    assert.equal((await client.lines()).at(-1), 'subscribe bob attempting_subscribe');
    await client.page.clock.runFor(2_000);
    await client.until('subscribe bob subscribed');
    await client.clear();
    client.media.offers = true;
    client.server.setMember('bob', { publishId: 'two' });
    await client.media.publishPicture('bob');
    await client.server.message('SUBSCRIBER_ANSWER');
    await client.server.request('DELETE');
    await client.until('subscribe bob subscribed');
    await client.page.clock.runFor(30_000);
    await client.media.untilNonePosted();
    assert.ok(!(await client.lines()).some((line) => line.startsWith('error ')));
  });

  it('is not done before the server was reached again', async () => {
    await client.page.clock.install();
    await client.join();
    client.server.refuseWith = 1001;
    client.server.breakSocket('ann');
    await client.until('connection errored');
    client.media.offers = true;
    await client.media.publishPicture('bob');
    const outside = (await client.lines()).length;
    await client.page.clock.runFor(5_000);
    client.server.refuseWith = undefined;
    await client.runClockUntil('connection connected', outside);
    await client.until('subscribe bob subscribed'); // by the clock of those who offer
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 0);
  });
});
