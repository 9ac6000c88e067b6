import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaRefusal } from '../refusal.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import { MAXIMUM_SIGNATURES, MAXIMUM_SIGNATURES_PER_RECEIVER } from './delivery.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';

/** Dynamic payload types (RFC 3551 §6, RFC 5761 §4): more than a stage sends under. */
const payloadTypes = [...Array(32).keys()].map((place) => 96 + place).concat(35, 36);

test('a stage takes only so many sets of payload types from those who subscribe by POST', async (t) => {
  const sfu = await startLoopbackSfu();
  t.after(() => sfu.close());
  const stage = await sfu.createStage();
  await stage.publish('alice', offer([{ kind: 'video' }]));
  const subscribe = (subscriberId: string, payloadType: number | undefined) =>
    stage.subscribe(
      subscriberId,
      'alice',
      offer([{ kind: 'video', direction: 'recvonly', codecs: [`${payloadType} H264/90000 42e01f`] }]),
    );
  const refused = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof MediaRefusal);
    assert.equal(error.reason, 'UNAVAILABLE');
    assert.match(error.message, pattern);
    return true;
  };
  const [first, ...others] = payloadTypes.slice(0, MAXIMUM_SIGNATURES);
  const surplus = payloadTypes[MAXIMUM_SIGNATURES];
  const subscription = await subscribe('bob', first);

  const ofOne = await Promise.all(
    others.slice(0, MAXIMUM_SIGNATURES_PER_RECEIVER).map((payloadType) => subscribe('mallory', payloadType)),
  );
  await assert.rejects(subscribe('mallory', surplus), refused(/participant receives under 8 different sets/));
  await subscribe('mallory', others[0]);
  ofOne.at(-1)?.close();
  (await subscribe('mallory', surplus)).close();

  await Promise.all(others.map((payloadType) => subscribe(`viewer ${payloadType}`, payloadType)));
  await assert.rejects(subscribe('carol', surplus), refused(/stage sends under 32 different sets of payload types/));
  const again = await subscribe('carol', first);

  subscription.close();
  await assert.rejects(subscribe('carol', surplus), MediaRefusal);
  again.close();
  await subscribe('carol', surplus);
});
