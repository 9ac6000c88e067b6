import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

describe('Subscribing', () => {
  const client = useClient({ withMedia: true });

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

  it('asks again at once when the network comes back after a connection failed', async () => {
    await client.page.clock.install();
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    await client.page.clock.pauseAt((await client.page.evaluate(() => Date.now())) + 1_000);
    await client.media.closeTransport('ann');
    await client.until('subscribe bob errored');
    await client.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await client.until('subscribe bob subscribed');
    assert.deepEqual((await client.lines()).slice(0, 3), [
      'removed bob audio video',
      'subscribe bob errored',
      'subscribe bob attempting_subscribe',
    ]);
  });

  it('gives up when a connection failed and no offer comes for thirty seconds, and begins anew on refresh', async () => {
    await client.page.clock.install();
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    client.media.offers = false;
    await client.media.closeTransport('ann');
    await client.runClockUntil('error SUBSCRIBE_ERROR 4');
    assert.equal((await client.lines()).at(-2), 'subscribe bob errored');
    assert.ok((await client.lines()).filter((line) => line === 'subscribe bob attempting_subscribe').length > 1);
    assert.deepEqual(await client.media.postedResources(), []);
    client.media.offers = true;
    await client.page.evaluate(() => stage.refreshStrategy());
    await client.until('subscribe bob subscribed');
  });

  it('removes what it has told alone when a listener leaves as a publish takes the place of another one', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    await client.page.evaluate(() => stage.on(t.StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, () => stage.leave()));
    await client.media.publishPicture('bob');
    await client.until('left stage user-initiated');
    assert.equal((await client.lines()).filter((line) => /^(added|removed) bob/.test(line)).length, 1);
  });

  it('tells of those alone who were told before when a listener leaves as streams are removed', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.clear();
    await client.page.evaluate(() => stage.on(t.StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, () => stage.leave()));
    client.server.members.delete('bob');
    client.server.setMember('eve');
    await client.until('left stage user-initiated');
    assert.deepEqual(await client.lines(), [
      'removed bob audio video',
      'subscribe bob not_subscribed',
      'publish bob not_published',
      'left bob',
      'connection disconnected',
      'left stage user-initiated',
    ]);
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
});
