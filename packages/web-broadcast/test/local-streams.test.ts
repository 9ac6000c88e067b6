import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { useClient } from './client.ts';

describe('Local streams', () => {
  const client = useClient({ withMedia: true });

  /** Bits per second that are sent of a stream, on the average of two seconds. */
  const measureBitrate = (stream: string) =>
    client.page.evaluate(async (name) => {
      const isSent = ({ type }: { type: string }) => type === 'outbound-rtp';
      const read = async () => (await t.added.get(name)?.requestRTCStats())?.values().find(isSent);
      let before = await read();
      while (!before?.bytesSent) {
        await t.pause();
        before = await read();
      }
      for (;;) {
        await t.pause();
        const now = await read();
        const seconds = (now.timestamp - before.timestamp) / 1000;
        if (seconds >= 2) return ((now.bytesSent - before.bytesSent) * 8) / seconds;
      }
    }, stream);

  /** Waits until so much is sent: encoders take their time to find the right measure. */
  async function untilBitrate(stream: string, lowestBps: number, highestBps: number): Promise<void> {
    const seen: number[] = [];
    while (seen.length < 15) {
      const bitrateBps = await measureBitrate(stream);
      if (bitrateBps > lowestBps && bitrateBps < highestBps) return;
      seen.push(bitrateBps);
    }
    assert.fail(`${stream} is sent at ${seen} bit/s`);
  }

  /** Another participant in a page of its own, who receives what the first one sends. */
  async function openViewer(): Promise<Page> {
    const viewer = await client.openPage();
    await viewer.evaluate(async (token) => {
      globalThis.stage = t.createStage(token);
      await stage.join();
      await t.until('subscribe ann subscribed');
      const video = t.added.get('ann video');
      if (video) await t.play(video);
    }, client.server.token('bob'));
    return viewer;
  }

  const untilSeen = (viewer: Page, line: string) => viewer.evaluate((text) => t.until(text), line);

  /** Waits until the viewer has decoded so many more pictures of this width. */
  const seePictures = (viewer: Page, width: number) =>
    viewer.evaluate(async (frameWidth) => {
      let before: number | undefined;
      for (;;) {
        const [stats] = (await t.added.get('ann video')?.requestQualityStats()) ?? [];
        if (stats && 'framesDecoded' in stats && stats.frameWidth === frameWidth) {
          before ??= stats.framesDecoded;
          if (stats.framesDecoded >= before + 5) return;
        }
        await t.pause();
      }
    }, width);

  describe('and their configuration', () => {
    it('refuse what is outside the bounds, and say which', async () => {
      const refusals = await client.page.evaluate(async () => {
        const [audio, video] = await t.capture();
        const { STAGE_MAX_BITRATE, STAGE_MIN_BITRATE, STAGE_MAX_FRAMERATE, STAGE_MIN_FRAMERATE } = t;
        const { STAGE_MAX_RESOLUTION, STAGE_MIN_RESOLUTION } = t;
        const rates = { maxBitrateKbps: STAGE_MIN_BITRATE, maxFramerate: STAGE_MIN_FRAMERATE };
        const layer = (size: { width: number; height: number }, scale: number) => ({
          simulcast: { enabled: true, layers: [{ width: size.width * scale, height: size.height * scale, ...rates }] },
        });
        const refusal = (track: MediaStreamTrack | undefined, config: object) => {
          try {
            new t.LocalStageStream(track as MediaStreamTrack, config);
            return 'taken';
          } catch (error) {
            return String(error);
          }
        };
        const large = t.drawPictures(2560, 1440).mediaStreamTrack;
        return [
          refusal(video?.mediaStreamTrack, {
            maxVideoBitrateKbps: STAGE_MAX_BITRATE,
            maxFramerate: STAGE_MAX_FRAMERATE,
          }),
          refusal(video?.mediaStreamTrack, { maxVideoBitrateKbps: STAGE_MAX_BITRATE + 1 }),
          refusal(video?.mediaStreamTrack, { maxBitrate: STAGE_MIN_BITRATE - 1 }),
          refusal(video?.mediaStreamTrack, { minBitrate: STAGE_MIN_BITRATE - 1 }),
          refusal(video?.mediaStreamTrack, { maxFramerate: STAGE_MAX_FRAMERATE + 1 }),
          refusal(video?.mediaStreamTrack, { maxFramerate: STAGE_MIN_FRAMERATE - 1 }),
          refusal(audio?.mediaStreamTrack, { maxAudioBitrateKbps: 128 }),
          refusal(audio?.mediaStreamTrack, { maxAudioBitrateKbps: 129 }),
          refusal(large, layer(STAGE_MAX_RESOLUTION, 1)),
          refusal(large, layer(STAGE_MAX_RESOLUTION, 2)),
          refusal(large, layer(STAGE_MIN_RESOLUTION, 1)),
          refusal(large, layer(STAGE_MIN_RESOLUTION, 0.5)),
          refusal(undefined, {}),
        ];
      });
      assert.deepEqual(refusals, [
        'taken',
        'RangeError: maxVideoBitrateKbps is 50 to 2500, not 2501',
        'RangeError: maxVideoBitrateKbps is 50 to 2500, not 49',
        'taken',
        'RangeError: maxFramerate is 1 to 30, not 31',
        'RangeError: maxFramerate is 1 to 30, not 0',
        'taken',
        'RangeError: maxAudioBitrateKbps is 12 to 128, not 129',
        'taken',
        'RangeError: The simulcast layer of 2560 × 1440 is larger than a stage takes',
        'taken',
        'RangeError: The simulcast layer of 80 × 45 is smaller than a stage takes',
        'TypeError: A stream needs a MediaStreamTrack',
      ]);
    });

    it('refuse simulcast layers that do not fit', async () => {
      const refusals = await client.page.evaluate(() => {
        const { DEFAULT_160, DEFAULT_180, DEFAULT_270, DEFAULT_360, DEFAULT_480, DEFAULT_540, DEFAULT_720 } =
          t.SimulcastLayerPresets;
        const { mediaStreamTrack } = t.drawPictures(1280, 720);
        const refusal = (layers: object[], config = {}) => {
          try {
            new t.LocalStageStream(mediaStreamTrack, {
              ...config,
              simulcast: { enabled: true, layers: layers as never },
            });
            return 'taken';
          } catch (error) {
            return String(error);
          }
        };
        return [
          refusal([DEFAULT_180, DEFAULT_360, DEFAULT_720]),
          refusal([DEFAULT_160, DEFAULT_270, DEFAULT_480]),
          refusal([DEFAULT_540]),
          refusal([DEFAULT_180, DEFAULT_270, DEFAULT_360, DEFAULT_720]),
          refusal([]),
          refusal([{ ...DEFAULT_720, width: 960 }]),
          refusal([DEFAULT_720], { maxVideoBitrateKbps: 1000 }),
          refusal([DEFAULT_720], { maxFramerate: 20 }),
        ];
      });
      assert.deepEqual(refusals, [
        'taken',
        'taken',
        'taken',
        'RangeError: A stream has 1 to 3 simulcast layers, not 4',
        'RangeError: A stream has 1 to 3 simulcast layers, not 0',
        'RangeError: The simulcast layer of 960 × 720 has another aspect ratio than the source',
        "RangeError: The simulcast layer of 1280 × 720 is above the stream's bitrate",
        "RangeError: The simulcast layer of 1280 × 720 is above the stream's frame rate",
      ]);
    });

    for (const [maxAudioBitrateKbps, lowestBps, highestBps] of [
      [12, 3_000, 24_000],
      [128, 30_000, 160_000],
    ] as const) {
      it(`send no more than ${maxAudioBitrateKbps} kbps of sound`, async () => {
        await client.join();
        const encodings = await client.page.evaluate(async (kbps) => {
          const context = new AudioContext();
          const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
          const samples = buffer.getChannelData(0);
          for (const index of samples.keys()) samples[index] = Math.random() - 0.5;
          const noise = new AudioBufferSourceNode(context, { buffer, loop: true });
          const output = new MediaStreamAudioDestinationNode(context);
          noise.connect(output);
          noise.start();
          const [track] = output.stream.getTracks();
          if (!track) throw new Error('no sound');
          const stream = new t.LocalStageStream(track, { maxAudioBitrateKbps: kbps, stereo: false });
          if (stream.mediaConfig.maxAudioBitrateKbps !== kbps) throw new Error('another configuration');
          Object.assign(t.wishes, { publish: true, streams: [stream] });
          stage.refreshStrategy();
          await t.until('publish ann published');
          return t.sentEncodings('audio');
        }, maxAudioBitrateKbps);
        assert.equal(encodings[0]?.maxBitrate, maxAudioBitrateKbps * 1000);
        await untilBitrate('ann audio', lowestBps, highestBps);
      });
    }

    it('send no more of a video than it says, by its older name too, and no larger than a stage takes', async () => {
      await client.join();
      const encodings = await client.page.evaluate(async () => {
        const noise = t.drawNoise(1920, 1080, {
          maxBitrate: 200,
          minBitrate: 100,
          maxFramerate: 10,
          inBandMessaging: { enabled: false },
        });
        Object.assign(t.wishes, { publish: true, streams: [noise] });
        stage.refreshStrategy();
        await t.until('publish ann published');
        return t.sentEncodings('video');
      });
      const [{ maxBitrate, maxFramerate, scaleResolutionDownBy } = {}] = encodings;
      assert.deepEqual([maxBitrate, maxFramerate, scaleResolutionDownBy], [200_000, 10, 1.5]);
      await untilBitrate('ann video', 20_000, 300_000);
    });

    it('change how a running publish is sent with another stream, but its layers with another publish', async () => {
      await client.join();
      await client.page.evaluate(async () => {
        t.wishes.publish = true;
        t.wishes.streams = [t.drawPictures(1280, 720, { maxVideoBitrateKbps: 800 })];
        stage.refreshStrategy();
        await t.until('publish ann published');
        t.wishes.streams = [t.drawPictures(1280, 720, { maxVideoBitrateKbps: 500, simulcast: { enabled: true } })];
        stage.refreshStrategy();
        while (t.sentEncodings('video')[0]?.maxBitrate !== 500_000) await t.pause();
      });
      const posts = () => client.server.requests.filter(({ method }) => method === 'POST');
      assert.equal(posts().length, 1);
      assert.doesNotMatch(posts()[0]?.body ?? '', /simulcast/);
      await client.page.evaluate(async () => {
        t.wishes.publish = false;
        stage.refreshStrategy();
        t.wishes.publish = true;
        stage.refreshStrategy();
        await t.until('publish ann published', t.lines.length - 2);
      });
      assert.match(posts()[1]?.body ?? '', /^a=simulcast:send low;mid;hi\r$/m);
    });
  });

  it('are muted while their device is given back, and go on with a new track', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const viewer = await openViewer();
    await seePictures(viewer, 320);
    await client.page.evaluate(() => {
      const video = t.wishes.streams.find((stream) => stream?.streamType === t.StreamType.VIDEO);
      video?.setMuted(true);
      video?.mediaStreamTrack.stop();
    });
    await untilSeen(viewer, 'muted ann video');
    await client.page.evaluate(async () => {
      const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
      const [track] = camera.getTracks();
      if (!track) throw new Error('no camera');
      t.wishes.streams = t.wishes.streams.map((stream) =>
        stream?.streamType === t.StreamType.VIDEO ? new t.LocalStageStream(track) : stream,
      );
      stage.refreshStrategy();
    });
    await untilSeen(viewer, 'unmuted ann video');
    await seePictures(viewer, 640);
    assert.equal(client.server.requests.filter(({ method }) => method === 'POST').length, 1);
    assert.deepEqual((await client.lines()).slice(-3), ['muted ann video', 'removed ann video', 'added ann video']);
  });

  it('give way to a screen and come back, without publishing again', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const viewer = await openViewer();
    await seePictures(viewer, 320);
    const show = (screen: boolean) =>
      client.page.evaluate((shows) => {
        const camera = t.wishes.streams;
        t.wishes.streams = shows ? [camera[0], t.drawPictures(960, 540)] : [...t.kept];
        t.kept.splice(0, 2, ...camera);
        stage.refreshStrategy();
      }, screen);
    await show(true);
    await seePictures(viewer, 960);
    await show(false);
    await seePictures(viewer, 320);
    assert.deepEqual(await viewer.evaluate(() => t.lines.filter((line) => / ann/.test(line))), [
      'joined ann',
      'publish ann published',
      'subscribe ann attempting_subscribe',
      'added ann audio video',
      'subscribe ann subscribed',
    ]);
  });

  it('let go of their track when cleaned up, unless they are published', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const muted = await client.page.evaluate(async () => {
      const streams = [...t.wishes.streams, ...(await t.capture())];
      return streams.map((stream) => {
        stream?.cleanup();
        stream?.mediaStreamTrack.dispatchEvent(new Event('ended'));
        return stream?.isMuted;
      });
    });
    assert.deepEqual(muted, [true, true, false, false]);
  });

  it('are sent although the change before, to another one, failed', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const sent = await client.page.evaluate(async () => {
      const [[, other], [, last]] = [await t.capture(), await t.capture()];
      const { replaceTrack } = RTCRtpSender.prototype;
      RTCRtpSender.prototype.replaceTrack = function (track) {
        const fails = track !== null && track === other?.mediaStreamTrack;
        return fails ? Promise.reject(new Error('not this one')) : replaceTrack.call(this, track);
      };
      for (const stream of [other, last]) {
        t.wishes.streams = [stream];
        stage.refreshStrategy();
      }
      const senders = t.connections.at(-1)?.getSenders() ?? [];
      const sends = () => senders.some(({ track }) => track !== null && track === last?.mediaStreamTrack);
      for (let patience = 100; !sends() && patience > 0; patience -= 1) await t.pause();
      return sends();
    });
    assert.ok(sent);
  });

  it('are muted for good when their track ends by itself, as everybody learns', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      // A camera as if it were unplugged: only what the application stops itself ends without an event.
      const [, camera] = await t.capture();
      if (!camera) throw new Error('no camera');
      const generator = new MediaStreamTrackGenerator({ kind: 'video' });
      void new MediaStreamTrackProcessor({ track: camera.mediaStreamTrack }).readable.pipeTo(generator.writable);
      globalThis.unplug = () => camera.mediaStreamTrack.stop();
      const stream = new t.LocalStageStream(generator);
      stream.on(t.LocalStageStreamEvents.MUTE_CHANGED, (isMuted) => t.lines.push(`stream muted ${isMuted}`));
      generator.addEventListener('ended', () => t.lines.push('track ended'));
      Object.assign(t.wishes, { publish: true, streams: [stream] });
      stage.refreshStrategy();
      await t.until('publish ann published');
    });
    const viewer = await openViewer();
    await client.clear();
    await client.page.evaluate(() => unplug());
    await untilSeen(viewer, 'muted ann video');
    const [isMuted, stillMuted] = await client.page.evaluate(() => {
      const [stream] = t.wishes.streams;
      const ended = stream?.isMuted;
      stream?.setMuted(false);
      return [ended, stream?.isMuted];
    });
    assert.deepEqual([isMuted, stillMuted], [true, true]);
    assert.deepEqual([...(await client.lines())].sort(), ['muted ann video', 'stream muted true', 'track ended']);
    assert.equal(client.server.members.get('ann')?.isPublishing, true);
    assert.equal(await client.page.evaluate(() => stage.localParticipant.videoStopped), true);

    await client.page.evaluate(() => {
      t.wishes.streams = [t.drawPictures(640, 360)];
      stage.refreshStrategy();
    });
    await untilSeen(viewer, 'unmuted ann video');
    await seePictures(viewer, 640);
  });

  it('can be muted whatever listeners the application has removed', async () => {
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    const heard = await client.page.evaluate(() => {
      const [, video] = t.wishes.streams;
      if (!video) throw new Error('no camera');
      let calls = 0;
      const listener = () => {
        calls += 1;
      };
      video.on(t.LocalStageStreamEvents.MUTE_CHANGED, listener);
      video.setMuted(true);
      video.off(t.LocalStageStreamEvents.MUTE_CHANGED, listener);
      video.once(t.LocalStageStreamEvents.MUTE_CHANGED, listener);
      const listened = video.hasListenersFor(t.LocalStageStreamEvents.MUTE_CHANGED);
      video.cleanup();
      video.setMuted(false);
      video.removeAllListeners();
      return [calls, listened, video.id === video.mediaStreamTrack.id];
    });
    assert.deepEqual(heard, [1, true, true]);
    assert.deepEqual((await client.lines()).slice(-2), ['muted ann video', 'unmuted ann video']);
    await client.server.message('MUTE', ({ payload }) => payload.videoStopped === true);
  });

  it('of a track that has ended already are muted from the start', async () => {
    const states = await client.page.evaluate(async () => {
      const [, video] = await t.capture();
      video?.mediaStreamTrack.stop();
      const stopped = video?.isMuted; // the application's own doing, which it may tell or not
      return [stopped, video && new t.LocalStageStream(video.mediaStreamTrack).isMuted];
    });
    assert.deepEqual(states, [false, true]);
  });
});

declare global {
  /** In a page: the device is gone. */
  var unplug: () => void;
  /** Both of Chromium. */
  class MediaStreamTrackProcessor {
    constructor(options: { track: MediaStreamTrack });
    readonly readable: ReadableStream<VideoFrame>;
  }
  class MediaStreamTrackGenerator extends MediaStreamTrack {
    constructor(options: { kind: string });
    readonly writable: WritableStream<VideoFrame>;
  }
}
