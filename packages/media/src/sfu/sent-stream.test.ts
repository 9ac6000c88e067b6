import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { offer } from '../webrtc/offer.fixture.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { LayersReport } from './sent-stream.ts';
import type { Sfu } from './sfu.ts';
import type { Wish } from './subscriber.ts';

const GUARD_MS = 60_000;
const simulcast = [
  'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=rid:low send',
  'a=rid:hi send',
  'a=simulcast:send low;hi',
];
const size = { width: 320, height: 180 };

describe('a stream of several layers', { timeout: GUARD_MS }, () => {
  let sfu: Sfu;

  before(async () => {
    sfu = await startLoopbackSfu();
  });
  after(() => sfu?.close());

  it('tells a large audience of changes of the layers less often, but of its own change at once', async (t) => {
    const stage = await sfu.createStage();
    t.after(() => stage.close());
    const { producers, layers } = await stage.publish('alice', offer([{ kind: 'video', lines: simulcast }]));
    producers.get('video')?.emit('score', []);
    assert.ok(layers);
    const subscriber = stage.createSubscriber();
    const answer = offer([{ kind: 'video', direction: 'recvonly' }], { setup: 'active' });
    subscriber.on('offer', ({ transportId, offerId }) => void subscriber.answer(transportId, offerId, answer));
    subscriber.on('failed', (error) => assert.fail(error));
    const wish: Wish = { participantId: 'alice', kinds: ['video'], initialLayer: 'HIGHEST' };
    const report = async (): Promise<LayersReport> => (await once(subscriber, 'layers'))[0];
    subscriber.setWish([wish], new Set(['h264', 'vp8']));
    await report();

    for (let receivers = 1; receivers < 1_000; receivers += 1) layers.on('changed', () => undefined);
    const changedMs = performance.now();
    const changed = report();
    layers.measured(0, size);
    assert.deepEqual((await changed).layers, [{ label: 'low', ...size, framesPerSecond: 0, bitrateBps: 0 }]);
    assert.ok(performance.now() - changedMs > 900);

    // More of them than milliseconds that this test may last.
    for (let receivers = 0; receivers < GUARD_MS; receivers += 1) layers.on('changed', () => undefined);
    const chosen = report();
    layers.measured(0, { framesPerSecond: 15 });
    subscriber.setWish([{ ...wish, preferredLayer: 'low' }], new Set(['h264', 'vp8']));
    const { layers: told, isAdapting } = await chosen;
    assert.equal(told[0]?.framesPerSecond, 15);
    assert.equal(isAdapting, true);
  });
});
