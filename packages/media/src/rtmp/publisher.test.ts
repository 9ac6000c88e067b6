import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytes } from '../rtp/rtp.fixture.ts';
import {
  type AacFrame,
  type AvcConfiguration,
  type AvcPicture,
  type PublishDestination,
  PublishFailure,
  RtmpPublisher,
} from './index.ts';
import { Listener } from './session.fixture.ts';

const CONFIGURATION: AvcConfiguration = {
  kind: 'config',
  trackId: 0,
  timestampMs: 0,
  sps: [Buffer.from('6742c00dda05067e', 'hex')],
  pps: [Buffer.from('68ce3c80', 'hex')],
};

function destination({ port }: Listener): PublishDestination {
  return { app: 'app', streamKey: 'key', tcUrl: `rtmp://127.0.0.1:${port}/app` };
}

function picture(timestampMs: number, data: Buffer, keyFrame = true): AvcPicture {
  const nalUnits = [Buffer.concat([Buffer.of(keyFrame ? 0x65 : 0x41), data])];
  return { kind: 'picture', trackId: 0, timestampMs, compositionTimeMs: 0, keyFrame, nalUnits };
}

/** Both ends of a stream that was accepted. */
async function publish(listener: Listener) {
  const [heard, publisher] = await Promise.all([
    listener.session().then((session) => {
      session.session.once('publish', () => session.session.accept());
      return session;
    }),
    RtmpPublisher.publish(listener.connect(), destination(listener)),
  ]);
  return { heard, publisher };
}

describe('a publisher', () => {
  it('sends what a server hears', async () => {
    await using listener = await Listener.open();
    const { heard, publisher } = await publish(listener);
    assert.deepEqual(await heard.published, {
      app: 'app',
      streamKey: 'key',
      tcUrl: `rtmp://127.0.0.1:${listener.port}/app`,
      encoder: 'FMLE/3.0 (compatible; Proscenium)',
    });
    const pictures = [
      picture(0, Buffer.alloc(100_000, 1)),
      { ...picture(33, Buffer.of(2), false), compositionTimeMs: -40 },
    ];
    const frames: AacFrame[] = [{ kind: 'frame', trackId: 0, timestampMs: 21, data: Buffer.of(1, 2, 3) }];
    publisher.sendMetadata({ width: 640, encoder: 'a test' });
    publisher.sendVideo(CONFIGURATION);
    for (const each of pictures) publisher.sendVideo(each);
    publisher.sendAudio({ kind: 'config', trackId: 0, timestampMs: 0, audioSpecificConfig: Buffer.of(0x11, 0x90) });
    for (const each of frames) publisher.sendAudio(each);
    publisher.close();

    assert.deepEqual(await heard.ended, { reason: 'unpublished', description: 'The encoder stopped' });
    assert.deepEqual(heard.video, [CONFIGURATION, ...pictures]);
    assert.deepEqual(heard.audio.slice(1), frames);
    assert.deepEqual({ ...heard.metadata[0] }, { width: 640, encoder: 'a test' });
    await heard.closed;
  });

  it('may send for longer than 32 bits count milliseconds', async () => {
    await using listener = await Listener.open();
    const { heard, publisher } = await publish(listener);
    publisher.sendVideo({ ...CONFIGURATION, timestampMs: 2 ** 32 - 40 });
    const times = [2 ** 32 - 40, 2 ** 32 - 7, 2 ** 32 + 26, 2 ** 32 + 59];
    for (const time of times) publisher.sendVideo(picture(time, Buffer.alloc(5_000)));
    publisher.close();
    await heard.ended;
    assert.deepEqual(
      heard.video.slice(1).map(({ timestampMs }) => timestampMs),
      times,
    );
  });

  it('is told why it is not taken', async () => {
    await using listener = await Listener.open();
    const publishing = RtmpPublisher.publish(listener.connect(), destination(listener));
    const heard = await listener.session();
    await heard.published;
    heard.session.refuse('NetStream.Publish.Denied', 'No place for key');
    await assert.rejects(publishing, (error) => {
      assert.ok(error instanceof PublishFailure);
      assert.equal(error.code, 'NetStream.Publish.Denied');
      assert.deepEqual(error.end, { reason: 'refused', description: 'No place for ***' });
      return true;
    });
  });

  it('fails where nobody speaks RTMP, or nobody answers', async () => {
    await using listener = await Listener.open();
    const mute = RtmpPublisher.publish(listener.connect(), destination(listener), { publishTimeoutMs: 20 });
    await assert.rejects(mute, { message: 'The server did not let publish in time' });
  });

  it('sees that the server does not keep up, and when it takes more', async () => {
    await using listener = await Listener.open();
    const { heard, publisher } = await publish(listener);
    heard.socket.pause();
    let sent = 0;
    while (publisher.sendVideo(picture(sent, Buffer.alloc(100_000)))) sent += 1;
    assert.ok(publisher.unsentBytes > 0);
    const drained = once(publisher, 'drain');
    heard.socket.resume();
    await drained;
    assert.equal(publisher.unsentBytes, 0);
    publisher.close();
    await heard.ended;
  });

  it('is given up when a server takes nothing at all', async () => {
    await using listener = await Listener.open();
    const { heard, publisher } = await publish(listener);
    heard.socket.pause();
    const ended = once(publisher, 'ended');
    while (!publisher.ended) publisher.sendVideo(picture(0, Buffer.alloc(1_000_000)));
    assert.deepEqual(await ended, [{ reason: 'failed', description: 'The peer does not read what it is sent' }]);
  });

  it('sends any pictures so that they come as they were', async () => {
    await using listener = await Listener.open();
    const { heard, publisher } = await publish(listener);
    publisher.sendVideo(CONFIGURATION);
    const sent: AvcPicture[] = [];
    const pictures = fc.record({
      timestampMs: fc.nat(2 ** 31 - 1),
      data: bytes({ maxLength: 9_000 }),
      keyFrame: fc.boolean(),
    });
    for (const each of fc.sample(pictures, 200)) sent.push(picture(each.timestampMs, each.data, each.keyFrame));
    for (const each of sent) publisher.sendVideo(each);
    publisher.close();
    await heard.ended;
    assert.deepEqual(heard.video.slice(1), sent);
  });
});
