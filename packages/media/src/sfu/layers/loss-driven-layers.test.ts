import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { routerCodec } from '../../webrtc/codecs.ts';
import { MediaWorker } from '../media-worker.ts';
import { findRecordedWorker } from '../recorded-worker.ts';
import { LossDrivenLayers } from './loss-driven-layers.ts';
import { PublishedLayers } from './published-layers.ts';

describe('all layers of a receiver', { timeout: 120_000 }, () => {
  let worker: MediaWorker;
  let router: types.Router;

  before(async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
    router = await worker.worker.createRouter({ mediaCodecs: [routerCodec('opus'), routerCodec('vp8')] });
  });
  after(() => worker?.worker.close());

  const transport = () => router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });

  async function produce(name: 'opus' | 'vp8', ssrcs: readonly number[]): Promise<types.Producer> {
    const { kind, mimeType, clockRate, channels, parameters = {} } = routerCodec(name);
    const codec = { mimeType, clockRate, parameters, payloadType: 96, ...(channels ? { channels } : {}) };
    const rtpParameters = { codecs: [codec], encodings: ssrcs.map((ssrc) => ({ ssrc })) };
    return (await transport()).produce({ kind, rtpParameters });
  }

  async function consume({ id }: types.Producer): Promise<types.Consumer> {
    const { rtpCapabilities } = router;
    return (await transport()).consume({ producerId: id, rtpCapabilities, paused: true });
  }

  it('are looked after once a second, by one timer, without a look at the audio', async (t) => {
    const [voice, picture] = [await produce('opus', [1]), await produce('vp8', [11, 22])];
    const [audio, first, second] = [await consume(voice), await consume(picture), await consume(picture)];
    const layers = new PublishedLayers(picture, [undefined, undefined]);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const asked = [audio, first, second].map((consumer) => t.mock.method(consumer, 'getStats'));
    const counts = () => asked.map(({ mock }) => mock.callCount());
    const all = new LossDrivenLayers(8_500_000);
    await all.add(audio, undefined);
    await all.add(first, layers);
    t.mock.timers.tick(1_000);
    assert.deepEqual(counts(), [0, 1, 0]);

    // The last of several layers goes, and another one comes, while an answer is waited for.
    const answer = asked[1]?.mock.calls[0]?.result;
    first.close();
    await all.add(second, layers);
    await Promise.allSettled([answer]);
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(1_000);
    assert.deepEqual(counts(), [0, 1, 1]);
    second.close();
    picture.close();
  });
});
