import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';
import { type Reply, StageServer } from './stage-server.ts';

describe('Publishing', () => {
  const client = useClient({ withMedia: true });

  it('publishes what the strategy gives, H.264 first, and ends it on leaving', async () => {
    const token = client.server.token('ann');
    await client.join(token);
    await client.publishCamera();
    await client.until('publish ann published');
    assert.deepEqual(await client.lines(), [
      'connection connecting',
      'connection connected',
      'publish ann attempting_publish',
      'added ann audio video',
      'publish ann published',
    ]);
    const { body, authorization } = await client.server.request('POST');
    assert.equal(authorization, `Bearer ${token}`);
    assert.match(body, /^m=audio [1-9]/m);
    const [, first = ''] = /^m=video \d+ \S+ (\d+)/m.exec(body) ?? [];
    assert.match(body, new RegExp(`^a=rtpmap:${first} H264/90000`, 'm'));
    assert.match(body, /VP8\/90000/);
    assert.doesNotMatch(body, /VP9|AV1/);
    await client.clear();
    await client.page.evaluate(() => stage.leave());
    assert.deepEqual(await client.lines(), [
      'publish ann not_published',
      'removed ann audio video',
      'connection disconnected',
      'left stage user-initiated',
    ]);
    await client.server.request('DELETE', ({ authorization }) => authorization !== undefined);
  });

  it('tells the local participant its streams and states', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const local = await client.page.evaluate(() => {
      t.wishes.streams.find((stream) => stream?.streamType === 'audio')?.setMuted(true);
      const { audioStream, videoStream, isPublishing, audioMuted, videoStopped } = stage.localParticipant;
      return [audioStream?.streamType, videoStream?.streamType, isPublishing, audioMuted, videoStopped];
    });
    assert.deepEqual(local, ['audio', 'video', true, true, false]);
    await client.page.evaluate(() => stage.leave());
    assert.deepEqual(
      await client.page.evaluate(() => {
        const { audioStream, videoStream, isPublishing } = stage.localParticipant;
        return [audioStream, videoStream, isPublishing].map(String);
      }),
      ['undefined', 'undefined', 'false'],
    );
  });

  it('sends pictures within the limits of the stream', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      const streams = await t.capture();
      const [audio, video] = [streams[0]?.mediaStreamTrack, streams[1]?.mediaStreamTrack];
      if (!audio || !video) throw new Error('no camera');
      const config = { maxVideoBitrateKbps: 300, maxFramerate: 12 };
      t.wishes.streams = [
        new t.LocalStageStream(audio, { stereo: true, maxAudioBitrateKbps: 96 }),
        new t.LocalStageStream(video, config),
      ];
      t.wishes.publish = true;
      stage.refreshStrategy();
      await t.until('publish ann published');
    });
    assert.match((await client.server.request('POST')).body, /^a=fmtp:\d+ .*stereo=1;sprop-stereo=1/m);
    const codec = await client.page.evaluate(async () => {
      const video = t.wishes.streams[1];
      for (;;) {
        const reports: RTCOutboundRtpStreamStats[] = [];
        const codecs: string[] = [];
        (await video?.getStats())?.forEach((report) => {
          if (report.type === 'outbound-rtp') reports.push(report);
          if (report.type === 'codec') codecs.push(report.mimeType);
        });
        if ((reports[0]?.framesEncoded ?? 0) > 2) return codecs[0];
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    assert.equal(codec, 'video/H264');
  });

  it('offers a stream in layers when it is to be simulcast, and is content with one', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
      canvas.getContext('2d')?.fillRect(0, 0, 10, 10);
      const [track] = canvas.captureStream(10).getTracks();
      if (!track) throw new Error('no picture');
      const layers = [{ ...t.SimulcastLayerPresets.DEFAULT_720, width: 960 }];
      try {
        new t.LocalStageStream(track, { simulcast: { enabled: true, layers } });
        throw new Error('took a layer of 4:3');
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      const stream = new t.LocalStageStream(track, { simulcast: { enabled: true } });
      Object.assign(t.wishes, { publish: true, streams: [stream] });
      stage.refreshStrategy();
      // The other end of this test takes one layer.
      await t.until('publish ann published');
    });
    const { body } = await client.server.request('POST');
    assert.match(body, /^a=simulcast:send low;mid;hi\r$/m);
  });

  it('swaps, adds and drops streams without publishing again', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      const [, video] = await t.capture();
      Object.assign(t.wishes, { publish: true, streams: [undefined, video] });
      stage.refreshStrategy();
      await t.until('publish ann published');
      const [audio, other] = await t.capture();
      t.wishes.streams = [other, audio];
      stage.refreshStrategy();
      t.wishes.streams = [audio, undefined];
      stage.refreshStrategy();
    });
    assert.deepEqual(await client.lines(), [
      'connection connecting',
      'connection connected',
      'publish ann attempting_publish',
      'added ann video',
      'publish ann published',
      'removed ann video',
      'added ann audio video',
      'removed ann video',
    ]);
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 1);
    await client.server.message('MUTE', ({ payload }) => payload.audioMuted === false && payload.videoStopped === true);
  });

  describe('with a listener that hears that a stream is removed', () => {
    /** Lets the listener do this when the video gives way to a sound. */
    const swap = (listener: 'leaves' | 'refreshes') =>
      client.page.evaluate(async (does) => {
        const [, video] = await t.capture();
        Object.assign(t.wishes, { publish: true, streams: [video] });
        stage.refreshStrategy();
        await t.until('publish ann published');
        t.lines.splice(0);
        const [audio, other] = await t.capture();
        stage.once(t.StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, () => {
          t.wishes.streams = [other];
          if (does === 'leaves') stage.leave();
          else stage.refreshStrategy();
        });
        t.wishes.streams = [audio];
        stage.refreshStrategy();
        return [...t.lines];
      }, listener);

    it('tells no other one that the listener has replaced meanwhile', async () => {
      await client.join();
      assert.deepEqual(await swap('refreshes'), ['removed ann video', 'added ann video']);
    });

    it('tells no other one when the listener has left', async () => {
      await client.join();
      assert.deepEqual(await swap('leaves'), [
        'removed ann video',
        'publish ann not_published',
        'connection disconnected',
        'left stage user-initiated',
      ]);
    });
  });

  it('waits with publishing until there is a stream', async () => {
    await client.page.evaluate(() => Object.assign(t.wishes, { publish: true, streams: [undefined] }));
    await client.join();
    assert.deepEqual(await client.lines(), ['connection connecting', 'connection connected']);
    await client.publishCamera();
    await client.until('publish ann published');
  });

  it('mutes without unpublishing, and tells the server', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.clear();
    await client.page.evaluate(() => {
      for (const stream of t.wishes.streams) stream?.setMuted(true);
      t.wishes.streams[0]?.setMuted(true); // again, which is no change
      t.wishes.streams[0]?.setMuted(false);
    });
    assert.deepEqual(await client.lines(), ['muted ann audio', 'muted ann video', 'unmuted ann audio']);
    await client.server.message('MUTE', ({ payload }) => !payload.audioMuted && payload.videoStopped);
    assert.equal(client.server.members.get('ann')?.isPublishing, true);
  });

  it('unpublishes and publishes again as the strategy says', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.page.evaluate(() => {
      t.wishes.publish = false;
      stage.refreshStrategy();
    });
    assert.deepEqual((await client.lines()).slice(-2), ['publish ann not_published', 'removed ann audio video']);
    await client.server.request('DELETE');
    await client.clear();
    await client.page.evaluate(() => {
      t.wishes.publish = true;
      stage.refreshStrategy();
    });
    await client.until('publish ann published');
  });

  it('publishes again when the server ends the connection', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.clear();
    await client.media.endPublish('ann');
    await client.until('publish ann published');
    assert.deepEqual(await client.lines(), [
      'publish ann errored',
      'publish ann attempting_publish',
      'publish ann published',
    ]);
  });

  for (const [errorCode, code] of [
    ['BITRATE_EXCEEDED', 4],
    ['STREAM_DURATION_EXCEEDED', 4],
    ['INVALID_VIDEO_CODEC', 7],
    ['QUOTA_EXCEEDED', 6],
  ] as const) {
    it(`tells error ${code} when the server cuts the publish for ${errorCode}, and publishes on refresh alone`, async () => {
      await client.join();
      await client.publishCamera();
      await client.until('publish ann published');
      await client.clear();
      client.server.send('ann', 'PUBLISH_ERROR', { errorCode });
      await client.media.endPublish('ann');
      await client.until(`error PUBLISH_ERROR ${code}`);
      client.server.send('ann', 'PUBLISH_ERROR', { errorCode });
      client.server.setMember('bob');
      await client.until('joined bob'); // and what was said before
      const told = ['publish ann errored', `error PUBLISH_ERROR ${code}`, 'joined bob'];
      assert.deepEqual(await client.lines(), told);
      await client.page.evaluate(() => stage.refreshStrategy());
      await client.until('publish ann published');
      assert.deepEqual((await client.lines()).slice(told.length), [
        'publish ann attempting_publish',
        'publish ann published',
      ]);
    });
  }

  it('gives up when the connection was seen to end before the server tells why', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    client.server.onWhip = () => ({ status: 503 });
    await client.media.endPublish('ann');
    await client.until('publish ann errored');
    client.server.send('ann', 'PUBLISH_ERROR', { errorCode: 'RESOLUTION_EXCEEDED' });
    await client.until('error PUBLISH_ERROR 4');
    assert.equal((await client.lines()).at(-1), 'error PUBLISH_ERROR 4');
  });

  it('publishes again when the server tells that it has the publish no more', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.clear();
    client.server.setMember('ann', { isPublishing: false, publishId: undefined });
    await client.until('publish ann published');
    assert.equal((await client.lines())[0], 'publish ann errored');
  });

  it('takes the end of a publish that its token had elsewhere for no end of its own', async (context) => {
    const published = { isPublishing: true, publishId: 'elsewhere' };
    client.server.setMember('ann', published);
    await client.createStage();
    await client.page.evaluate(async () => {
      Object.assign(t.wishes, { publish: true, streams: await t.capture() });
      await stage.join();
    });
    // The server has ended that one by its answer, and tells so when this one is there already.
    const untold = context.mock.method(client.server, 'pushState', () => undefined);
    await client.until('publish ann published');
    untold.mock.restore();
    const { publishId } = client.server.members.get('ann') ?? {};
    client.server.setMember('ann', { isPublishing: false, publishId: undefined });
    client.server.setMember('ann', { isPublishing: true, publishId });
    client.server.setMember('bob');
    await client.until('joined bob');
    assert.deepEqual(
      (await client.lines()).filter((line) => line.startsWith('publish')),
      ['publish ann attempting_publish', 'publish ann published'],
    );
    client.server.setMember('ann', { isPublishing: false, publishId: undefined });
    await client.until('publish ann errored');
  });

  it('keeps publishing over a lost events socket, and tells its mute state again', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.clear();
    const before = client.server.messages.length;
    client.server.breakSocket('ann');
    await client.until('connection connected');
    await client.server.message('MUTE', (message) => client.server.messages.indexOf(message) >= before);
    assert.deepEqual(await client.lines(), ['connection errored', 'connection connecting', 'connection connected']);
  });

  it('tries again while the server is overloaded', async () => {
    const { onWhip } = client.server;
    let refusals = 2;
    client.server.onWhip = (request) => {
      refusals -= 1;
      return refusals < 0 ? onWhip(request) : { status: 503, headers: { 'retry-after': '0' } };
    };
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    assert.ok((await client.lines()).includes('publish ann errored'));
    assert.ok(!(await client.lines()).some((line) => line.startsWith('error ')));
  });

  for (const [status, body, code] of [
    [403, '{"code":6,"message":"stage full"}', 6],
    [403, '{"code":8,"message":"not allowed"}', 8],
    [400, '{"code":4,"message":"broken"}', 4],
    [403, 'not JSON', 8],
    [401, '', 1],
    [404, '{"code":9,"message":"gone"}', 9],
  ] as const) {
    it(`tells error ${code} when publishing is refused with ${status} ${body}`, async () => {
      client.server.onWhip = () => ({ status, body });
      await client.join();
      await client.publishCamera();
      await client.until(`error PUBLISH_ERROR ${code}`);
      assert.deepEqual((await client.lines()).slice(-2), ['publish ann errored', `error PUBLISH_ERROR ${code}`]);
    });
  }

  it('tries a refused publish again when the strategy is refreshed', async () => {
    const { onWhip } = client.server;
    client.server.onWhip = () => ({ status: 403, body: '{"code":6,"message":"stage full"}' });
    await client.join();
    await client.publishCamera();
    await client.until('error PUBLISH_ERROR 6');
    client.server.onWhip = onWhip;
    await client.page.evaluate(() => stage.refreshStrategy());
    await client.until('publish ann published');
  });

  it('tries again when the answer breaks off, and ends what was made of the offer', async () => {
    const { onWhip } = client.server;
    const broken = { status: 201, headers: { location: '/whip/resource/broken' }, body: 'v=0', breaksOff: true };
    const replies: Reply[] = [broken];
    client.server.onWhip = (request) => (request.method === 'POST' && replies.shift()) || onWhip(request);
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    assert.ok(!(await client.lines()).some((line) => line.startsWith('error ')));
    await client.server.request('DELETE', ({ path }) => path === '/whip/resource/broken');
  });

  it('does not publish any more once it is told to leave, however late its request is', async () => {
    const other = await StageServer.start();
    try {
      const { promise, resolve } = Promise.withResolvers<void>();
      other.preflights = promise;
      other.onWhip = client.server.onWhip;
      await client.join(client.server.token('ann', { whipUrl: `${other.origin}/whip/there` }));
      await client.publishCamera();
      await other.request('OPTIONS');
      const given = client.page.waitForEvent('requestfailed', (request) => request.method() === 'POST');
      await client.page.evaluate(() => stage.leave());
      resolve();
      await given;
      assert.ok(!other.requests.some(({ method }) => method === 'POST'));
    } finally {
      await other.stop();
    }
  });

  it('tells once that the token may not publish, and asks nobody', async () => {
    await client.join(client.server.token('ann', { publish: false }));
    await client.publishCamera();
    await client.page.evaluate(() => stage.refreshStrategy());
    assert.deepEqual((await client.lines()).slice(2), ['publish ann errored', 'error PUBLISH_ERROR 8']);
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 0);
  });

  it('gives up when nobody answers for thirty seconds', async () => {
    await client.page.clock.install();
    client.server.onWhip = () => ({ status: 502 });
    await client.join();
    await client.publishCamera();
    await client.runClockUntil('error PUBLISH_ERROR 4');
    assert.ok(client.server.requests.filter(({ method }) => method === 'POST').length > 4);
  });

  it('follows redirects to other origins with its token, and gives its resource back there', async () => {
    const [near, far] = await Promise.all([StageServer.start(), StageServer.start()]);
    try {
      far.onWhip = client.server.onWhip;
      near.onWhip = redirectTo(far);
      client.server.onWhip = redirectTo(near);
      await client.join();
      await client.publishCamera();
      await client.until('publish ann published');
      await client.page.evaluate(() => {
        t.wishes.publish = false;
        stage.refreshStrategy();
      });
      await far.request('DELETE', ({ authorization }) => authorization !== undefined);
    } finally {
      await Promise.all([near.stop(), far.stop()]);
    }
  });

  it('gives its resource back when the page goes away, also at another origin', async () => {
    const other = await StageServer.start();
    try {
      other.onWhip = client.server.onWhip;
      await client.join(client.server.token('ann', { whipUrl: `${other.origin}/whip/there` }));
      await client.publishCamera();
      await client.until('publish ann published');
      await client.page.goto(`${client.server.origin}/client?again`);
      await other.request('DELETE', ({ authorization }) => authorization !== undefined);
      await client.addScript();
    } finally {
      await other.stop();
    }
  });

  it('follows no more than five redirects', async () => {
    const other = await StageServer.start();
    try {
      client.server.onWhip = redirectTo(other);
      other.onWhip = redirectTo(client.server);
      await client.join();
      await client.publishCamera();
      await client.until('error PUBLISH_ERROR 4');
      const posts = [...client.server.requests, ...other.requests].filter(
        ({ method, authorization }) => method === 'POST' && authorization,
      );
      assert.equal(posts.length, 6);
    } finally {
      await other.stop();
    }
  });
});

/** Sends publishers on to another origin. */
function redirectTo(other: StageServer): () => Reply {
  return () => ({ status: 307, headers: { location: `${other.origin}/whip/elsewhere` } });
}
