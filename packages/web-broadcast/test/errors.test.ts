import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';
import type { Reply } from './stage-server.ts';

describe('What a stage gives up', () => {
  const client = useClient({ withMedia: true });

  const withoutCandidates = (text = '') => text.replaceAll(/^a=candidate:.*\r\n/gm, '');

  it('tells TIMEOUT when nobody answers a join', async () => {
    await client.page.clock.install();
    client.server.deaf = true;
    client.server.pushState = () => undefined;
    await client.createStage();
    const joining = client.page.evaluate(() => stage.join().catch(({ category, code }) => `${category} ${code}`));
    await client.runClockUntil('error JOIN_ERROR 3');
    assert.equal(await joining, 'JOIN_ERROR 3');
    assert.deepEqual((await client.lines()).slice(0, 1), ['connection connecting']);
    assert.equal((await client.lines()).at(-2), 'connection errored');
  });

  it('tells TIMEOUT when a publish gets no connection, and publishes on refresh', async () => {
    await client.page.clock.install();
    const { onWhip } = client.server;
    client.server.onWhip = async (request): Promise<Reply> => {
      const reply = await onWhip(request);
      return { ...reply, body: withoutCandidates(reply.body) };
    };
    await client.join();
    await client.publishCamera();
    await client.runClockUntil('error PUBLISH_ERROR 3');
    assert.deepEqual((await client.lines()).slice(-2), ['publish ann errored', 'error PUBLISH_ERROR 3']);
    client.server.onWhip = onWhip;
    await client.page.evaluate(() => stage.refreshStrategy());
    await client.until('publish ann published');
  });

  it('tells FAILED when a publish that stood does not come back', async () => {
    await client.page.clock.install();
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const { onWhip } = client.server;
    client.server.onWhip = async (request): Promise<Reply> => {
      const reply = await onWhip(request);
      return { ...reply, body: withoutCandidates(reply.body) };
    };
    await client.media.endPublish('ann');
    await client.runClockUntil('error PUBLISH_ERROR 4');
  });

  it('tells TIMEOUT when what is offered gets no connection', async () => {
    await client.page.clock.install();
    const { server } = client;
    const send = server.send.bind(server);
    server.send = (participantId, type, payload) => {
      const sdp = 'sdp' in payload ? { sdp: withoutCandidates(String(payload.sdp)) } : {};
      send(participantId, type, { ...payload, ...sdp });
    };
    await client.media.publishPicture('bob');
    await client.join();
    await client.runClockUntil('error SUBSCRIBE_ERROR 3');
    assert.equal((await client.lines()).at(-2), 'subscribe bob errored');
  });

  it('tells TIMEOUT when what is posted for gets no connection', async () => {
    await client.page.clock.install();
    client.media.offers = false;
    const { onWhip } = client.server;
    client.server.onWhip = async (request): Promise<Reply> => {
      const reply = await onWhip(request);
      return { ...reply, body: withoutCandidates(reply.body) };
    };
    await client.media.publishPicture('bob');
    await client.join();
    await client.runClockUntil('error SUBSCRIBE_ERROR 3');
  });

  it('tells CODEC_MISMATCH of a browser that encodes nothing that stages carry, and asks nobody', async () => {
    await client.join();
    await client.page.evaluate(() => {
      const { getCapabilities } = RTCRtpSender;
      RTCRtpSender.getCapabilities = (kind) => {
        const { codecs = [], headerExtensions = [] } = getCapabilities.call(RTCRtpSender, kind) ?? {};
        return { codecs: codecs.filter(({ mimeType }) => !/h264|vp8/i.test(mimeType)), headerExtensions };
      };
    });
    await client.publishCamera();
    await client.page.evaluate(() => stage.refreshStrategy());
    assert.deepEqual((await client.lines()).slice(2, 5), [
      'publish ann errored',
      'error PUBLISH_ERROR 7',
      'added ann audio video',
    ]);
    assert.ok(!client.server.requests.some(({ method }) => method === 'POST'));
  });

  it('tells the server of a browser that decodes no H.264, and what it says then', async () => {
    await client.page.evaluate(() => {
      const { getCapabilities } = RTCRtpReceiver;
      RTCRtpReceiver.getCapabilities = (kind) => {
        const { codecs = [], headerExtensions = [] } = getCapabilities.call(RTCRtpReceiver, kind) ?? {};
        return { codecs: codecs.filter(({ mimeType }) => !/h264/i.test(mimeType)), headerExtensions };
      };
    });
    client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
    await client.join();
    const { payload } = await client.server.message('SUBSCRIBE');
    assert.deepEqual(payload.codecs, ['video/VP8', 'audio/opus']);
    client.server.send('ann', 'SUBSCRIBE_ERROR', { participantId: 'bob', errorCode: 'INVALID_VIDEO_CODEC' });
    await client.until('error SUBSCRIBE_ERROR 7');
  });

  describe('is told no more to a listener that leaves at the first sign of it', () => {
    it('of a publish', async () => {
      client.server.onWhip = () => ({ status: 403, body: '{"code":6,"message":"stage full"}' });
      await client.join();
      await client.page.evaluate(() =>
        stage.on(t.StageEvents.STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED, (_, state) => {
          if (state === t.StageParticipantPublishState.ERRORED) stage.leave();
        }),
      );
      await client.publishCamera();
      await client.until('left stage user-initiated');
      assert.equal((await client.lines()).at(-1), 'left stage user-initiated');
    });

    it('of a subscription', async () => {
      client.server.setMember('bob', { isPublishing: true, publishId: 'one' });
      await client.join();
      await client.page.evaluate(() =>
        stage.on(t.StageEvents.STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED, (_, state) => {
          if (state === t.StageParticipantSubscribeState.ERRORED) stage.leave();
        }),
      );
      await client.server.message('SUBSCRIBE');
      client.server.send('ann', 'SUBSCRIBE_ERROR', { participantId: 'bob', errorCode: 'QUOTA_EXCEEDED' });
      await client.until('left stage user-initiated');
      assert.equal((await client.lines()).at(-1), 'left stage user-initiated');
    });
  });

  it('does not include a stage whose page slept for an hour and then finds no network at first', async () => {
    const { page, server } = client;
    await client.join();
    server.refuseWith = 1001;
    server.breakSocket('ann');
    await page.evaluate(async () => {
      await t.until('connection errored', t.lines.length);
      const { now } = Date;
      Date.now = () => now() + 3_600_000;
      document.dispatchEvent(new Event('resume'));
    });
    const attempts = server.socketUrls.length;
    const signal = AbortSignal.timeout(60_000);
    while (server.socketUrls.length < attempts + 2) await once(server, 'disconnected', { signal });
    server.refuseWith = undefined;
    await client.until('connection connected', 2);
    assert.ok(!(await client.lines()).some((line) => /^(left stage|error)/.test(line)));
  });

  it('goes on by itself when the network was away', async () => {
    const context = client.page.context();
    await client.join();
    await client.clear();
    await context.setOffline(true);
    client.server.breakSocket('ann');
    await client.until('connection errored');
    await client.until('connection connecting');
    await context.setOffline(false);
    await client.until('connection connected');
    const states = await client.lines();
    assert.deepEqual([states[0], states.at(-1)], ['connection errored', 'connection connected']);
    assert.ok(states.every((line) => /^connection (errored|connecting|connected)$/.test(line)));
  });
});
