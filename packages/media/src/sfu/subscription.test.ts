import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MediaRefusal, type RefusalReason } from '../refusal.ts';
import { offer } from '../webrtc/offer.fixture.ts';
import { LiveObjects } from './live-objects.fixture.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Publisher } from './publisher.ts';
import type { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

/** More turns of the event loop than a subscription takes to be made, on a fast machine: an end comes at each of them. */
const TURNS = 30;

const simulcast = [
  'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=rid:lo send',
  'a=rid:hi send',
  'a=simulcast:send lo;hi',
];

describe('a subscription by POST', { timeout: 120_000 }, () => {
  const live = new LiveObjects();
  let sfu: Sfu;
  let stage: StageMedia;
  let publisher: Publisher;

  before(async () => {
    sfu = await startLoopbackSfu();
  });
  after(() => sfu?.close());

  beforeEach(() => open());

  async function open(): Promise<void> {
    stage = await sfu.createStage();
    publisher = await stage.publish('alice', offer([{ kind: 'audio' }, { kind: 'video', lines: simulcast }]));
    assert.equal(publisher.layers?.count, 2);
  }

  const subscribe = () =>
    stage.subscribe(
      'bob',
      'alice',
      offer([
        { kind: 'audio', direction: 'recvonly' },
        { kind: 'video', direction: 'recvonly' },
      ]),
    );

  async function pass(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  const refused = (reason: RefusalReason) => (error: unknown) =>
    error instanceof MediaRefusal && error.reason === reason;

  it('finds no publisher whose video is about to be received anew', async () => {
    publisher.producers.get('video')?.close();
    await assert.rejects(subscribe(), refused('PUBLISHER_NOT_FOUND'));
    stage.close();
  });

  const ends = [
    ['video', () => publisher.producers.get('video')?.close(), ['PUBLISHER_NOT_FOUND']],
    ['stage', () => stage.close(), ['PUBLISHER_NOT_FOUND', 'UNAVAILABLE']],
  ] as const;
  for (const [what, end, reasons] of ends) {
    it(`leaves nothing behind when its ${what} ends while it is made`, async () => {
      let refusals = 0;
      for (let turns = 0; turns < TURNS; turns += 1) {
        const subscribing = subscribe().catch((error) => {
          assert.ok(
            reasons.some((reason) => refused(reason)(error)),
            `${turns} turns: ${error}`,
          );
          refusals += 1;
        });
        await pass(turns);
        end();
        await subscribing; // made in time, it ends with what it is made of
        stage.close();
        assert.deepEqual(
          live.counts,
          { worker: 1, router: 0, transport: 0, producer: 0, consumer: 0 },
          `${turns} turns`,
        );
        await open();
      }
      assert.ok(refusals > 0);
      stage.close();
    });
  }
});
