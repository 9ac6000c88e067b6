import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { SubscribeType } from '../src/index.ts';
import { useClient } from './client.ts';

describe('Subscribing', () => {
  const client = useClient({ withMedia: true });

  const wish = (subscribe: SubscribeType) =>
    client.page.evaluate((value) => {
      t.wishes.subscribe = value;
      stage.refreshStrategy();
    }, subscribe);

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
    await client.page.evaluate(async () => {
      const video = t.added.get('bob video');
      if (!(video instanceof t.RemoteStageStream)) throw new Error('no stream');
      await t.play(video);
      if (video.participantInfo.id !== 'bob') throw new Error('not of bob');
      if ((await video.requestRTCStats()).size === 0) throw new Error('no statistics');
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
    await client.server.message('SUBSCRIBER_ANSWER', ({ payload }) => payload.offerId === 2);
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

  describe('to a video of several layers', () => {
    const layers = [
      { label: 'low', width: 320, height: 180, framesPerSecond: 15, bitrateBps: 200_000 },
      { label: 'hi', width: 1280, height: 720, framesPerSecond: 30, bitrateBps: 1_700_000 },
    ];
    const tell = (told: object) => {
      const { publishId } = client.server.members.get('bob') ?? {};
      const payload = { participantId: 'bob', publishId, layers, isAdapting: true, ...told };
      client.server.send('ann', 'LAYERS', payload);
    };

    it('tells its layers and the one that comes', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      await client.clear();
      tell({ publishId: 'an earlier one', selected: 'hi' });
      tell({ selected: 'low', reason: 'BANDWIDTH' });
      tell({ selected: 'hi', reason: 'PREFERENCE', isAdapting: false });
      await client.until('adapting bob false');
      assert.deepEqual(await client.lines(), [
        'layers bob low:320 hi:1280',
        'layer bob low true BANDWIDTH',
        'layers bob low:320 hi:1280',
        'layer bob hi true PREFERENCE',
        'adapting bob false',
      ]);
      const stream = await client.page.evaluate(() => {
        const video = t.added.get('bob video');
        if (!(video instanceof t.RemoteStageStream)) throw new Error('no stream');
        const told = [video.getLowestQualityLayer(), video.getHighestQualityLayer(), video.getSelectedLayer()];
        return [video.isAdapting, video.getLayers().length, ...told.map((layer) => layer?.label)];
      });
      assert.deepEqual(stream, [false, 2, 'low', 'hi', 'hi']);
    });

    it('tells the server which layer it prefers, and where it begins', async () => {
      await client.page.evaluate(() => {
        t.wishes.configuration = { simulcast: { initialLayerPreference: t.InitialLayerPreference.HIGHEST_QUALITY } };
        t.wishes.layer = 'low';
      });
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      const wish = { id: 'bob', subscribeType: 'AUDIO_VIDEO', initialLayer: 'HIGHEST' };
      assert.deepEqual((await client.server.message('SUBSCRIBE')).payload.participants, [wish]);
      tell({ selected: 'hi', reason: 'BANDWIDTH' });
      const preferring = await client.server.message(
        'SUBSCRIBE',
        ({ payload }) => payload.participants[0].preferredLayer,
      );
      assert.deepEqual(preferring.payload.participants, [{ ...wish, preferredLayer: 'low' }]);
      const told = client.server.messages.length;
      await client.page.evaluate(() => {
        t.wishes.configuration = { simulcast: { initialLayerPreference: t.InitialLayerPreference.LOWEST_QUALITY } };
        stage.refreshStrategy();
      });
      const lowest = await client.server.message('SUBSCRIBE', (it) => client.server.messages.indexOf(it) >= told);
      assert.deepEqual(lowest.payload.participants, [
        { id: 'bob', subscribeType: 'AUDIO_VIDEO', preferredLayer: 'low' },
      ]);
    });

    it('has what is silenced here held back at the server', async () => {
      await client.media.publishPicture('bob');
      await client.join();
      await client.until('subscribe bob subscribed');
      const mute = (muted: boolean) =>
        client.page.evaluate((value) => {
          const video = t.added.get('bob video');
          if (video instanceof t.RemoteStageStream) video.setMuted(value);
        }, muted);
      await mute(true);
      const paused = await client.server.message('SUBSCRIBE', ({ payload }) => payload.participants[0].paused);
      assert.deepEqual(paused.payload.participants[0].paused, ['video']);
      const told = client.server.messages.length;
      await mute(false);
      const wanted = await client.server.message(
        'SUBSCRIBE',
        (message) => client.server.messages.indexOf(message) >= told,
      );
      assert.deepEqual(wanted.payload.participants, [{ id: 'bob', subscribeType: 'AUDIO_VIDEO' }]);
    });
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

  for (const [errorCode, code] of [
    ['INSUFFICIENT_CAPABILITIES', 8],
    ['QUOTA_EXCEEDED', 6],
    ['INVALID_VIDEO_CODEC', 7],
    ['PUBLISHER_NOT_FOUND', 4],
  ] as const) {
    it(`tells error ${code} when the server refuses with ${errorCode}`, async () => {
      client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
      await client.join();
      await client.server.message('SUBSCRIBE');
      client.server.send('ann', 'SUBSCRIBE_ERROR', { participantId: 'bob', errorCode });
      await client.until(`error SUBSCRIBE_ERROR ${code}`);
      assert.equal((await client.lines()).at(-2), 'subscribe bob errored');
      // The next publish is another matter.
      client.server.setMember('bob', { publishId: 'two' });
      await client.until('subscribe bob attempting_subscribe', 6);
    });
  }

  it('asks again on refresh for what was refused', async () => {
    client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
    await client.join();
    const first = await client.server.message('SUBSCRIBE');
    client.server.send('ann', 'SUBSCRIBE_ERROR', { participantId: 'bob', errorCode: 'QUOTA_EXCEEDED' });
    await client.until('error SUBSCRIBE_ERROR 6');
    await client.page.evaluate(() => stage.refreshStrategy());
    const again = await client.server.message('SUBSCRIBE', (message) => message !== first);
    assert.deepEqual(again.payload, first.payload);
    assert.equal((await client.lines()).at(-1), 'subscribe bob attempting_subscribe');
  });

  it('takes what was refused and comes after all', async () => {
    client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
    await client.join();
    await client.server.message('SUBSCRIBE');
    client.server.send('ann', 'SUBSCRIBE_ERROR', { participantId: 'bob', errorCode: 'QUOTA_EXCEEDED' });
    await client.until('error SUBSCRIBE_ERROR 6');
    await client.media.publishPicture('bob');
    await client.until('subscribe bob subscribed');
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

  it('keeps receiving over a lost events socket, and tells its wish again', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    const before = client.server.messages.length;
    client.server.breakSocket('ann');
    await client.server.message('SUBSCRIBE', (message) => client.server.messages.indexOf(message) >= before);
    assert.deepEqual(await client.lines(), ['connection errored', 'connection connecting', 'connection connected']);
  });

  it('tells the server nothing of participants that do not publish', async () => {
    for (let count = 0; count < 50; count += 1) client.server.setMember(`viewer-${count}`);
    await client.join();
    await client.until('joined viewer-49');
    client.server.setMember('viewer-7', { isPublishing: true });
    const { payload } = await client.server.message('SUBSCRIBE');
    assert.deepEqual(payload.participants, [{ id: 'viewer-7', subscribeType: 'AUDIO_VIDEO' }]);
  });

  it('passes over an offer that makes no sense, and recovers', async () => {
    client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
    await client.join();
    await client.server.message('SUBSCRIBE');
    const offer = { transportId: 'odd', offerId: 1, sdp: 'v=0\r\nrubbish', tracks: [] };
    client.server.send('ann', 'SUBSCRIBER_OFFER', offer);
    await client.until('subscribe bob errored');
    await client.server.message('SUBSCRIBE', ({ payload }) => payload.participants.length === 0);
    await client.until('subscribe bob attempting_subscribe', (await client.lines()).indexOf('subscribe bob errored'));
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
