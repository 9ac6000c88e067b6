import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { gstreamerMissing, subscribeByGstreamer } from '../support/post-subscriber.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { aiortcMissing } from '../support/whip-publisher.ts';
import { type PublisherMake, publisherMakes } from './publishers.ts';
import { postSubscriberMakes, type Subscribing, subscriberMakes } from './subscribers.ts';
import { InteropTable } from './table.ts';

const skip = netnsMissing() || chromiumMissing() || aiortcMissing() || gstreamerMissing();

// GStreamer takes no loopback addresses for media, so it runs in a network of its own.
describe('clients of other makes', { skip }, () => {
  const table = new InteropTable(subscriberMakes.map(({ name }) => name));
  let network: NetworkNamespace;
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    network = createNamespace();
    server = await startServer({ host: network.hostAddress });
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    network?.remove();
    console.log(table.toString());
  });

  for (const make of publisherMakes) {
    test(`of ${make.name} ${make.videoCodec} all subscribers see and hear, until its publish ends`, async (t) => {
      const { stage, publisher, publishing, sessionId } = await publish(t, make);
      const views = await Promise.allSettled(
        subscriberMakes.map(async ({ name, userId, subscribe }) => {
          try {
            const subscribing = await subscribe(
              { network, chromium },
              {
                stage,
                viewer: stage.invited(userId),
                publisherId: publisher.participantId,
                videoCodec: make.videoCodec,
              },
            );
            t.after(() => subscribing.dispose());
            await subscribing.receive();
            table.note(`${make.name}, ${make.videoCodec}`, name, 'yes');
          } catch (cause) {
            table.note(`${make.name}, ${make.videoCodec}`, name, 'NO');
            throw new Error(`${name} does not receive ${make.name} ${make.videoCodec}`, { cause });
          }
        }),
      );
      const failures = views.flatMap((view) => (view.status === 'rejected' ? [view.reason] : []));
      if (failures.length > 0) throw new AggregateError(failures, String(failures));

      const { state, published, protocol } = await stage.participant(sessionId, publisher.participantId);
      assert.deepEqual({ state, published, protocol }, { state: 'CONNECTED', published: true, protocol: 'WHIP' });

      await publishing.stop();
      const ended = await stage.untilEvent(sessionId, publisher.participantId, 'LEFT');
      assert.deepEqual(
        ended.map(({ name }) => name),
        ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
      );
      for (const { userId } of postSubscriberMakes)
        await hasOnlyViewed(stage, sessionId, userId, publisher.participantId);
    });
  }

  test('that subscribe end it by their DELETE, and the publish goes on', async (t) => {
    const make = publisherMakes.find(({ name }) => name === 'FFmpeg');
    assert.ok(make);
    const { stage, publisher, sessionId } = await publish(t, make);
    const views = await Promise.all(
      postSubscriberMakes.map(async ({ userId, subscribe }): Promise<Subscribing> => {
        const viewing = { stage, viewer: stage.invited(userId), publisherId: publisher.participantId };
        const subscribing = await subscribe({ network, chromium }, { ...viewing, videoCodec: make.videoCodec });
        t.after(() => subscribing.dispose());
        return subscribing;
      }),
    );
    await Promise.all(views.map((subscribing) => subscribing.receive()));
    await Promise.all(views.map((subscribing) => subscribing.stop()));
    for (const { userId } of postSubscriberMakes)
      await hasOnlyViewed(stage, sessionId, userId, publisher.participantId);
    const { state, published } = await stage.participant(sessionId, publisher.participantId);
    assert.deepEqual({ state, published }, { state: 'CONNECTED', published: true });
  });

  // GStreamer's ICE asks for no consent while it sends (RFC 7675), so that its packets alone show that it is there.
  test('that send no consent checks stay for as long as they send, and are gone soon after', async (t) => {
    const make = publisherMakes.find(({ name, videoCodec }) => name === 'GStreamer' && videoCodec === 'H264');
    assert.ok(make);
    const { stage, publisher, publishing, sessionId } = await publish(t, make);
    const { participantId, token } = stage.invited('gstreamer');
    const target = { url: stage.subscribeUrl(publisher.participantId), token };
    const viewer = subscribeByGstreamer(target, { videoCodec: make.videoCodec, spawn: network.spawn });
    t.after(() => viewer.kill());
    // At 30 a second: for longer than the server takes a silent client for alive.
    await viewer.receive(12 * 30);
    await publishing.dispose();
    const events = await stage.untilEvent(sessionId, publisher.participantId, 'LEFT');
    assert.deepEqual(
      events.map(({ name }) => name),
      ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
    );
    await stage.untilEvent(sessionId, participantId, 'LEFT');
  });

  /** Begins a publish into a stage of its own, to which everybody is invited. */
  async function publish(t: TestContext, make: PublisherMake) {
    const stage = await TestStage.create(server, ['publisher', ...subscriberMakes.map(({ userId }) => userId)]);
    const publisher = stage.invited('publisher');
    const publishing = await make.publish({ network, chromium }, { url: stage.whipUrl, token: publisher.token });
    t.after(() => publishing.dispose());
    const sessionId = await stage.untilSession();
    await stage.untilEvent(sessionId, publisher.participantId, 'PUBLISH_STARTED');
    return { stage, publisher, publishing, sessionId };
  }
});

async function hasOnlyViewed(stage: TestStage, sessionId: string, userId: string, publisherId: string): Promise<void> {
  const { participantId } = stage.invited(userId);
  const events = await stage.untilEvent(sessionId, participantId, 'LEFT');
  assert.deepEqual(
    events.map(({ name, remoteParticipantId }) => [name, remoteParticipantId]),
    [
      ['JOINED', undefined],
      ['SUBSCRIBE_STARTED', publisherId],
      ['SUBSCRIBE_STOPPED', publisherId],
      ['LEFT', undefined],
    ],
    userId,
  );
  const { published, protocol } = await stage.participant(sessionId, participantId);
  assert.deepEqual({ published, protocol }, { published: false, protocol: 'UNKNOWN' }, userId);
}
