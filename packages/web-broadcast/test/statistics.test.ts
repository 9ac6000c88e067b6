import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NetworkQuality } from '../src/index.ts';
import { useClient } from './client.ts';

const LOCAL_VIDEO = {
  active: true,
  bytesSent: 'counts',
  firCount: 'number',
  frameHeight: 180,
  framesEncoded: 'counts',
  framesPerSecond: 'counts',
  framesSent: 'counts',
  frameWidth: 320,
  headerBytesSent: 'counts',
  hugeFramesSent: 'number',
  keyFramesEncoded: 'counts',
  nackCount: 'number',
  networkQuality: 'counts',
  packetsLost: 'number',
  packetsSent: 'counts',
  pliCount: 'number',
  qualityLimitationDurations: 'object',
  qualityLimitationReason: 'string',
  retransmittedBytesSent: 'number',
  retransmittedPacketsSent: 'number',
  rid: '',
  roundTripTime: 'number',
};
const LOCAL_AUDIO = {
  bytesSent: 'counts',
  headerBytesSent: 'counts',
  nackCount: 'number',
  networkQuality: 'counts',
  packetsLost: 'number',
  packetsSent: 'counts',
  retransmittedBytesSent: 'number',
  retransmittedPacketsSent: 'number',
  roundTripTime: 'number',
  targetBitrate: 'counts',
};
const REMOTE_VIDEO = {
  bytesReceived: 'counts',
  firCount: 'number',
  frameHeight: 180,
  framesDecoded: 'counts',
  framesDropped: 'number',
  framesPerSecond: 'counts',
  framesReceived: 'counts',
  frameWidth: 320,
  freezeCount: 'number',
  jitter: 'number',
  jitterBufferDelay: 'counts',
  jitterBufferEmittedCount: 'counts',
  keyFramesDecoded: 'counts',
  nackCount: 'number',
  networkQuality: 'counts',
  packetsLost: 'number',
  packetsReceived: 'counts',
  pauseCount: 'number',
  pliCount: 'number',
  roundTripTime: 'number',
  totalFreezesDuration: 'number',
};
const REMOTE_AUDIO = {
  audioLevel: 'number',
  bytesReceived: 'counts',
  concealedSamples: 'number',
  concealmentEvents: 'number',
  headerBytesReceived: 'counts',
  insertedSamplesForDeceleration: 'number',
  jitter: 'number',
  jitterBufferDelay: 'counts',
  jitterBufferEmittedCount: 'counts',
  nackCount: 'number',
  networkQuality: 'counts',
  packetsDiscarded: 'number',
  packetsLost: 'number',
  packetsReceived: 'counts',
  removedSamplesForAcceleration: 'number',
  roundTripTime: 'number',
  silentConcealedSamples: 'number',
  totalSamplesReceived: 'counts',
};

describe('Statistics', () => {
  const client = useClient({ withMedia: true });

  /** Asks a stream until all that counts has begun to count, then compares. */
  async function assertStats(stream: string, expected: Record<string, unknown>): Promise<void> {
    const counting = Object.keys(expected).filter((name) => expected[name] === 'counts');
    const stats = await client.page.evaluate(
      async ([name, counters]) => {
        for (let looks = 300; ; looks -= 1) {
          const [entry, ...others] = (await t.added.get(name)?.requestQualityStats()) ?? [];
          const counted = entry && counters.every((counter) => Number(entry[counter as keyof typeof entry]) > 0);
          if (entry && others.length === 0 && (counted || looks === 0)) return entry;
          await t.pause();
        }
      },
      [stream, counting] as const,
    );
    assert.deepEqual(Object.keys(stats).sort(), Object.keys(expected).sort());
    for (const [name, value] of Object.entries(stats)) {
      const wanted = expected[name];
      if (wanted === 'counts') assert.ok(Number(value) > 0, name);
      else if (wanted === 'number' || wanted === 'string' || wanted === 'object')
        assert.equal(typeof value, wanted, name);
      else assert.equal(value, wanted, name);
    }
  }

  const requestQualityStats = (stream: string) =>
    client.page.evaluate((name) => t.added.get(name)?.requestQualityStats(), stream);

  /** Asks once in a while until the stream has this quality. */
  const untilQuality = (stream: string, quality: NetworkQuality) =>
    client.page.evaluate(
      async ([name, wished]) => {
        while ((await t.added.get(name)?.requestQualityStats())?.[0]?.networkQuality !== wished) await t.pause();
      },
      [stream, quality] as const,
    );

  it('tell how local streams are sent', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await assertStats('ann video', LOCAL_VIDEO);
    await assertStats('ann audio', LOCAL_AUDIO);
  });

  it('tell how remote streams are received', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.page.evaluate(() => Promise.all([...t.added.values()].map(t.play)));
    await assertStats('bob video', REMOTE_VIDEO);
    await assertStats('bob audio', REMOTE_AUDIO);
  });

  it('are empty for a stream that is not sent yet, and for one that is sent no more', async () => {
    const unsent = await client.page.evaluate(async () => {
      const [, video] = await t.capture();
      t.wishes.streams = [video];
      return [await video?.requestQualityStats(), (await video?.requestRTCStats())?.size];
    });
    assert.deepEqual(unsent, [[], 0]);
    await client.join();
    await client.page.evaluate(() => {
      t.wishes.publish = true;
      stage.refreshStrategy();
    });
    await client.until('publish ann published');
    assert.equal((await requestQualityStats('ann video'))?.length, 1);
    await client.page.evaluate(() => stage.leave());
    assert.deepEqual(await requestQualityStats('ann video'), []);
  });

  it('are empty for a stream that is received no more', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.media.endPublish('bob');
    await client.until('removed bob audio video');
    assert.deepEqual(await requestQualityStats('bob video'), []);
    const rtcStats = await client.page.evaluate(async () => (await t.added.get('bob video')?.requestRTCStats())?.size);
    assert.equal(rtcStats, 0);
  });

  it('of WebRTC itself hold what applications read of them, by the older name too', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.until('subscribe bob subscribed');
    const types = await client.page.evaluate(async () => {
      const found: string[][] = [];
      for (const [name, awaited] of [
        ['ann video', 'remote-inbound-rtp'],
        ['bob video', 'remote-outbound-rtp'],
      ] as const) {
        const stream = t.added.get(name);
        for (let report = await stream?.getStats(); ; report = await stream?.requestRTCStats()) {
          const told: string[] = [];
          report?.forEach(({ type }) => {
            told.push(type);
          });
          if (!told.includes(awaited)) await t.pause();
          else {
            found.push(told);
            break;
          }
        }
      }
      return found;
    });
    assert.ok(types[0]?.includes('outbound-rtp'));
    assert.ok(types[1]?.includes('inbound-rtp'));
  });

  it('tell of a video that does not come although its publisher sends it, and of nothing that he does not send', async () => {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await untilQuality('bob video', NetworkQuality.EXCELLENT);
    await client.media.withhold('ann', 'video');
    await untilQuality('bob video', NetworkQuality.DOWN);
    assert.notEqual((await requestQualityStats('bob audio'))?.[0]?.networkQuality, NetworkQuality.DOWN);
    client.server.setMember('bob', { videoStopped: true });
    await client.until('muted bob video');
    assert.notEqual((await requestQualityStats('bob video'))?.[0]?.networkQuality, NetworkQuality.DOWN);
  });
});
