import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { routerCodec } from '../webrtc/codecs.ts';
import { MediaWorker } from './media-worker.ts';
import { PublishedVideo } from './published-video.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import { VideoTap } from './video-tap.ts';

const GUARD_MS = 60_000;
const SSRC = 1_234;

describe('a tap on a video producer', { timeout: 2 * GUARD_MS }, () => {
  let worker: MediaWorker;
  let router: types.Router;
  const senders: ChildProcess[] = [];
  const relays: Socket[] = [];

  before(async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
    router = await worker.worker.createRouter({ mediaCodecs: [routerCodec('h264'), routerCodec('vp8')] });
  });

  after(() => {
    for (const sender of senders) sender.kill('SIGKILL');
    for (const relay of relays) relay.close();
    worker?.worker.close();
  });

  /** A producer, and the port for what is sent to it: whoever sends there is one sender to the SFU. */
  async function produce(name: 'h264' | 'vp8', ssrcs = [SSRC]): Promise<{ producer: types.Producer; port: number }> {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
    });
    const { mimeType, clockRate, parameters = {} } = routerCodec(name);
    const codecs = [{ mimeType, clockRate, parameters, payloadType: 96 }];
    const rtpParameters = { codecs, encodings: ssrcs.map((ssrc) => ({ ssrc })) };
    const producer = await transport.produce({ kind: 'video', rtpParameters });
    const relay = createSocket('udp4', (packet) => relay.send(packet, transport.tuple.localPort, '127.0.0.1'));
    relays.push(relay.bind(0, '127.0.0.1'));
    await once(relay, 'listening');
    return { producer, port: relay.address().port };
  }

  /** FFmpeg as the sender, with a key frame every third of a second, until it is killed. */
  function send(port: number, size: string, encoder: readonly string[], ssrc = SSRC): ChildProcess {
    const source = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=30`, '-pix_fmt', 'yuv420p', '-g', '10'];
    const output = ['-ssrc', String(ssrc), '-payload_type', '96', '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1000`];
    const sender = spawn('ffmpeg', ['-nostdin', '-v', 'error', ...source, ...encoder, ...output], { stdio: 'ignore' });
    senders.push(sender);
    return sender;
  }

  it('hears what a stream is, and in a later sample what it has become', async () => {
    const { producer, port } = await produce('h264');
    const tap = await VideoTap.create(router, producer, { sampleMs: 400, pauseMs: 100 });
    const first = once(tap, 'facts');
    tap.start();
    const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b_strategy', '0'];
    const sender = send(port, '320x180', [...x264, '-bf', '0']);
    const [layer, facts] = await first;
    assert.equal(layer, 0);
    assert.deepEqual([facts.codec, facts.width, facts.height, facts.bFrames], ['h264', 320, 180, false]);

    sender.kill('SIGKILL');
    await once(sender, 'exit');
    let last = facts;
    tap.on('facts', (_, changed) => {
      last = changed;
    });
    send(port, '640x360', [...x264, '-bf', '2']);
    while (last.width !== 640 || !last.bFrames) await once(tap, 'facts');
    const closed = once(tap, 'closed');
    producer.close();
    await closed;
  });

  it('hears VP8', async () => {
    const { producer, port } = await produce('vp8');
    const tap = await VideoTap.create(router, producer, { sampleMs: 2_000, pauseMs: 100 });
    const first = once(tap, 'facts');
    tap.start();
    send(port, '320x180', ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8']);
    assert.deepEqual(await first, [0, { codec: 'vp8', width: 320, height: 180 }]);
  });

  it('tells the layers of simulcast apart', async () => {
    const { producer, port } = await produce('vp8', [11, 22]);
    assert.equal(producer.type, 'simulcast');
    const tap = await VideoTap.create(router, producer, { sampleMs: 2_000, pauseMs: 100 });
    const widths = new Map<number, number>();
    tap.on('facts', (layer, { width }) => widths.set(layer, width));
    tap.start();
    const vpx = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'];
    send(port, '640x360', vpx, 22);
    send(port, '320x180', vpx, 11);
    while (widths.size < 2) await once(tap, 'facts');
    assert.deepEqual([widths.get(0), widths.get(1)], [320, 640]);
  });

  it('is not made, nor the look at a published video, when the producer closes meanwhile', async () => {
    const { producer } = await produce('vp8', [11, 22]);
    const transports: types.Transport[] = [];
    router.observer.on('newtransport', (transport) => transports.push(transport));
    const looking = PublishedVideo.create(router, producer, [undefined, undefined]);
    // As late as can be: the tap is being put on it.
    while (transports.length === 0) await once(router.observer, 'newtransport');
    await new Promise((resolve) => setImmediate(resolve));
    producer.close();
    await assert.rejects(looking);
    assert.ok(transports.every(({ closed }) => closed));
  });

  it('ends with its producer, also when it does not listen', async () => {
    const { producer } = await produce('h264');
    const tap = await VideoTap.create(router, producer);
    const closed = once(tap, 'closed');
    producer.close();
    await closed;
    assert.equal(tap.closed, true);
    tap.start();
  });
});
