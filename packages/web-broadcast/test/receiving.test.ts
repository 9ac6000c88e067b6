import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { SubscribeType } from '../src/index.ts';
import { useClient } from './client.ts';

for (const way of ['offered', 'posted'] as const) {
  const offers = way === 'offered';

  describe(`Receiving what is ${way}${offers ? '' : ' for, as the server does not offer,'}`, () => {
    const client = useClient({ withMedia: true, offers });

    const wish = (subscribe: SubscribeType) =>
      client.page.evaluate((value) => {
        t.wishes.subscribe = value;
        stage.refreshStrategy();
      }, subscribe);

    /** The last parts of the addresses to which offers to subscribe were posted. */
    const postedUrls = () =>
      client.server.requests.flatMap(({ method, path }) => (method === 'POST' && /\/subscribe\/.*/.exec(path)) || []);

    it('receives what another publishes', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      assert.deepEqual(await client.lines(), [
        'connection connecting',
        'connection connected',
        'joined bob',
        'publish bob published',
        'subscribe bob attempting_subscribe',
        'added bob audio video',
        'subscribe bob subscribed',
      ]);
      const { payload } = await client.server.message('SUBSCRIBE');
      assert.deepEqual(payload.participants, [{ id: 'bob', subscribeType: 'AUDIO_VIDEO' }]);
      assert.ok(payload.codecs.includes('video/H264') && payload.codecs.includes('audio/opus'));
      assert.deepEqual(postedUrls(), way === 'offered' ? [] : ['/subscribe/bob']);
      await client.page.evaluate(async () => {
        const video = t.added.get('bob video');
        if (!(video instanceof t.RemoteStageStream)) throw new Error('no stream');
        await t.play(video);
        if (video.participantInfo.id !== 'bob') throw new Error('not of bob');
        if ((await video.requestRTCStats()).size === 0) throw new Error('no statistics');
        if (!video.isAdapting || video.getLayers().length > 0) throw new Error('layers');
      });
    });

    it('takes in who comes later and lets go who leaves', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.clear();
      await client.media.publishPicture('eve');
      await client.until('subscribe eve subscribed');
      assert.deepEqual(await client.lines(), [
        'joined eve',
        'publish eve published',
        'subscribe eve attempting_subscribe',
        'added eve audio video',
        'subscribe eve subscribed',
      ]);
      await client.clear();
      client.server.removeMember('eve');
      await client.until('left eve');
      assert.deepEqual(await client.lines(), [
        'removed eve audio video',
        'subscribe eve not_subscribed',
        'publish eve not_published',
        'left eve',
      ]);
    });

    it('drops and takes the picture as the strategy says', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.clear();
      await wish('audio_only');
      if (offers) await client.server.message('SUBSCRIBER_ANSWER', ({ payload }) => payload.offerId === 2);
      await wish('audio_video');
      await client.until('added bob video');
      await wish('none');
      assert.deepEqual(await client.lines(), [
        'removed bob video',
        'added bob video',
        'removed bob audio video',
        'subscribe bob not_subscribed',
      ]);
      await client.server.message('SUBSCRIBE', ({ payload }) => payload.participants.length === 0);
      await client.clear();
      await wish('audio_video');
      await client.until('subscribe bob subscribed');
    });

    it('takes the picture in addition when only the sound was wanted', async () => {
      await client.media.publishPicture('bob');
      await client.page.evaluate(() => {
        t.wishes.subscribe = t.SubscribeType.AUDIO_ONLY;
      });
      await client.join();
      await client.until('subscribe bob subscribed');
      await wish('audio_video');
      await client.until('added bob video');
      await client.page.evaluate(async () => {
        const video = t.added.get('bob video');
        if (video) await t.play(video);
      });
      await wish('audio_only');
      assert.deepEqual((await client.lines()).slice(4), [
        'subscribe bob attempting_subscribe',
        'added bob audio',
        'subscribe bob subscribed',
        'added bob video',
        'removed bob video',
      ]);
      if (offers) return;
      // Its connection is let go of, that of the sound is not.
      await client.server.request('DELETE');
      assert.deepEqual(await client.media.postedResources(), ['posted-1']);
    });

    it('follows a publisher that stops and starts again', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.clear();
      await client.media.endPublish('bob');
      await client.until('publish bob not_published');
      await client.media.publishPicture('bob');
      await client.until('subscribe bob subscribed');
      assert.deepEqual(await client.lines(), [
        'removed bob audio video',
        'subscribe bob not_subscribed',
        'publish bob not_published',
        'publish bob published',
        'subscribe bob attempting_subscribe',
        'added bob audio video',
        'subscribe bob subscribed',
      ]);
    });

    it('receives what comes before it is told of', { skip: !offers && 'nobody posts for it' }, async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.media.endPublish('bob');
      await client.until('publish bob not_published');
      await client.clear();
      await client.media.publishUntoldPicture('bob');
      await client.server.message('SUBSCRIBER_ANSWER', ({ payload }) => payload.offerId === 3);
      client.media.tellPublish('bob');
      await client.until('subscribe bob subscribed');
      assert.deepEqual(await client.lines(), [
        'publish bob published',
        'added bob audio video',
        'subscribe bob subscribed',
      ]);
    });

    it('tells that a stream was muted by its publisher', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      client.server.setMember('bob', { audioMuted: true });
      await client.until('muted bob audio');
      client.server.setMember('bob', { audioMuted: false, videoStopped: true });
      await client.until('muted bob video');
      assert.deepEqual((await client.lines()).slice(-2), ['unmuted bob audio', 'muted bob video']);
    });

    it('silences a remote stream here alone', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      const states = await client.page.evaluate(() => {
        const stream = t.added.get('bob audio');
        if (!(stream instanceof t.RemoteStageStream)) throw new Error('no stream');
        stream.setMuted(true);
        return [stream.mediaStreamTrack.enabled, stream.isMuted];
      });
      assert.deepEqual(states, [false, false]);
    });

    it('asks for another connection when the present one ends', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.clear();
      await client.media.closeTransport('ann');
      await client.until('subscribe bob subscribed');
      assert.deepEqual(await client.lines(), [
        'removed bob audio video',
        'subscribe bob errored',
        'subscribe bob attempting_subscribe',
        'added bob audio video',
        'subscribe bob subscribed',
      ]);
    });

    it('two clients see each other', async () => {
      const other = await client.openPage();
      for (const [page, id] of [
        [client.page, 'ann'],
        [other, 'bob'],
      ] as const) {
        await page.evaluate(async (token) => {
          Object.assign(t.wishes, { publish: true, streams: await t.capture() });
          globalThis.stage = t.createStage(token);
          await stage.join();
        }, client.server.token(id));
      }
      const see = (page: Page, id: string) =>
        page.evaluate(async (remote) => {
          await t.until(`added ${remote} audio video`);
          const video = t.added.get(`${remote} video`);
          if (video) await t.play(video);
        }, id);
      await Promise.all([see(client.page, 'bob'), see(other, 'ann')]);
      await other.evaluate(() => stage.leave());
      await client.until('left bob');
      assert.deepEqual(await other.evaluate(() => t.uncaught), []);
    });
  });
}
