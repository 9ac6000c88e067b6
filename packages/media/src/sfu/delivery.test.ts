import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaRefusal } from '../refusal.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import { MAXIMUM_DELIVERY_ROUTERS } from './delivery.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import { Sfu } from './sfu.ts';

/** Dynamic payload types (RFC 3551 §6, RFC 5761 §4): more than there may be routers. */
const payloadTypes = [...Array(32).keys()].map((place) => 96 + place).concat(35, 36);

test('a stage takes only so many sets of payload types from those who subscribe by POST', async (t) => {
  const sfu = await Sfu.start({
    listenAddress: '127.0.0.1',
    port: 0,
    workers: 1,
    workerPath: findRecordedWorker(import.meta.dirname),
    announcedAddresses: [],
    iceConsentTimeoutSeconds: 10,
    publishBitrateBps: 8_500_000,
    subscribeBitrateBps: 8_500_000,
  });
  t.after(() => sfu.close());
  const stage = await sfu.createStage();
  await stage.publish('alice', offer([{ kind: 'video' }]));
  const subscribe = (payloadType: number | undefined) =>
    stage.subscribe(
      'alice',
      offer([{ kind: 'video', direction: 'recvonly', codecs: [`${payloadType} H264/90000 42e01f`] }]),
    );
  const [first, ...others] = payloadTypes.slice(0, MAXIMUM_DELIVERY_ROUTERS);
  const surplus = payloadTypes[MAXIMUM_DELIVERY_ROUTERS];
  const subscription = await subscribe(first);
  await Promise.all(others.map(subscribe));

  await assert.rejects(subscribe(surplus), (error) => {
    assert.ok(error instanceof MediaRefusal);
    assert.equal(error.reason, 'UNAVAILABLE');
    assert.match(error.message, /32 different sets of payload types/);
    return true;
  });
  const again = await subscribe(first);

  subscription.close();
  await assert.rejects(subscribe(surplus), MediaRefusal);
  again.close();
  await subscribe(surplus);
});
