import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

describe('Messages inside a video', () => {
  const client = useClient({ withMedia: true });

  /** The error of a message that is sent with a stream that is wished; undefined if there is none. */
  const insert = (kind: 'audio' | 'video') =>
    client.page.evaluate((streamType) => {
      try {
        t.wishes.streams.find((stream) => stream?.streamType === streamType)?.insertSeiMessage(new ArrayBuffer(1));
        return undefined;
      } catch (error) {
        return String(error);
      }
    }, kind);

  it('need no worker where nobody asks for them', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.media.publishPicture('bob');
    await client.until('subscribe bob subscribed');
    assert.equal(client.page.workers().length, 0);
    assert.match((await insert('video')) ?? '', /^StageError: .*: inBandMessaging is not enabled/);
  });

  it('are refused by streams that are not published, and by sound', async () => {
    await client.page.evaluate(async () => {
      const [audio] = await t.capture();
      t.wishes.streams = [audio, t.drawPictures(320, 180, { inBandMessaging: { enabled: true } })];
    });
    assert.match((await insert('video')) ?? '', /^StageError: .*: the stream is not published$/);
    assert.match((await insert('audio')) ?? '', /^StageError: .*: inBandMessaging is not enabled/);
  });

  it('go with a video that joins a running publish, which is published anew, and end with the stay', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      const [audio] = await t.capture();
      t.wishes.publish = true;
      t.wishes.streams = [audio];
      stage.refreshStrategy();
      await t.until('publish ann published');
      t.wishes.streams = [audio, t.drawPictures(320, 180, { inBandMessaging: { enabled: true } })];
      const before = t.lines.length;
      stage.refreshStrategy();
      await t.until('publish ann attempting_publish', before);
      await t.until('publish ann published', before);
    });
    assert.equal(await insert('video'), undefined);
    assert.equal(client.page.workers().length, 1);
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 2);

    // Another such video takes its place as any stream does.
    await client.page.evaluate(() => {
      t.wishes.streams = [t.wishes.streams[0], t.drawPictures(320, 180, { inBandMessaging: { enabled: true } })];
      stage.refreshStrategy();
    });
    assert.equal(await insert('video'), undefined);
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 2);

    const ended = client.page.workers()[0]?.waitForEvent('close');
    await client.page.evaluate(() => stage.leave());
    await ended;
    assert.match((await insert('video')) ?? '', /^StageError: .*: the stream is not published$/);
  });

  it('are not there, as is told once, in a browser that cannot; all else is', async () => {
    await client.page.evaluate(() => {
      Reflect.deleteProperty(globalThis, 'RTCRtpScriptTransform');
      t.wishes.publish = true;
      t.wishes.streams = [t.drawPictures(320, 180, { inBandMessaging: { enabled: true } })];
      t.wishes.configuration = { inBandMessaging: { enabled: true } };
    });
    await client.join();
    await client.until('publish ann published');
    for (const name of ['bob', 'carl']) {
      await client.media.publishPicture(name);
      await client.until(`subscribe ${name} subscribed`);
      await client.page.evaluate(async (participant) => {
        const video = t.added.get(`${participant} video`);
        if (video) await t.play(video);
      }, name);
    }
    const errors = (await client.lines()).filter((line) => line.startsWith('error'));
    assert.deepEqual(errors, ['error SUBSCRIBE_ERROR 4']);
    assert.match((await insert('video')) ?? '', /^StageError: .*: this browser has no RTCRtpScriptTransform$/);
  });
});
