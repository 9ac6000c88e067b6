import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { gstreamerMissing } from '../support/post-subscriber.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { aiortcMissing } from '../support/whip-publisher.ts';
import type { PublisherMake } from './publishers.ts';
import { postSubscriberMakes, subscriberMakes } from './subscribers.ts';
import { InteropTable } from './table.ts';

/** A reason to skip, or false. */
export const makesMissing = netnsMissing() || chromiumMissing() || aiortcMissing() || gstreamerMissing();

/** A server, and where clients of all makes run. */
export class MeetingPlace {
  readonly network: NetworkNamespace;
  readonly server: ServerProcess;
  readonly chromium: Chromium;

  private constructor(network: NetworkNamespace, server: ServerProcess, chromium: Chromium) {
    this.network = network;
    this.server = server;
    this.chromium = chromium;
  }

  /** GStreamer takes no loopback addresses for media, so it runs in a network of its own. */
  static async open(): Promise<MeetingPlace> {
    const network = createNamespace();
    const server = await startServer({ host: network.hostAddress });
    return new MeetingPlace(network, server, await launchChromium());
  }

  async close(): Promise<void> {
    await this.chromium.close();
    await this.server.stop();
    this.network.remove();
  }

  /** Begins a publish into a stage of its own, to which everybody is invited. */
  async publish(t: TestContext, make: PublisherMake) {
    const stage = await TestStage.create(this.server, ['publisher', ...subscriberMakes.map(({ userId }) => userId)]);
    const publisher = stage.invited('publisher');
    const publishing = await make.publish(this, { url: stage.whipUrl, token: publisher.token });
    t.after(() => publishing.dispose());
    const sessionId = await stage.untilSession();
    await stage.untilEvent(sessionId, publisher.participantId, 'PUBLISH_STARTED');
    return { stage, publisher, publishing, sessionId };
  }
}

/** Tries each of these publishers with all subscribers, and prints what came of it. */
export function describePublishers(title: string, makes: readonly PublisherMake[]): void {
  describe(title, { skip: makesMissing }, () => {
    const table = new InteropTable(subscriberMakes.map(({ name }) => name));
    let place: MeetingPlace;

    before(async () => {
      place = await MeetingPlace.open();
    });
    after(async () => {
      await place?.close();
      console.log(table.toString());
    });

    for (const make of makes) {
      test(`of ${make.name} ${make.videoCodec} all subscribers see and hear, until its publish ends`, async (t) => {
        const { stage, publisher, publishing, sessionId } = await place.publish(t, make);
        const publisherId = publisher.participantId;
        const views = await Promise.allSettled(
          subscriberMakes.map(async ({ name, userId, subscribe }) => {
            try {
              const viewing = { stage, viewer: stage.invited(userId), publisherId, videoCodec: make.videoCodec };
              const subscribing = await subscribe(place, viewing);
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

        const { state, published, protocol } = await stage.participant(sessionId, publisherId);
        assert.deepEqual({ state, published, protocol }, { state: 'CONNECTED', published: true, protocol: 'WHIP' });

        await publishing.stop();
        await hasOnlyPublished(stage, sessionId, publisherId);
        for (const { userId } of postSubscriberMakes) await hasOnlyViewed(stage, sessionId, userId, publisherId);
      });
    }
  });
}

export async function hasOnlyPublished(stage: TestStage, sessionId: string, participantId: string): Promise<void> {
  const events = await stage.untilEvent(sessionId, participantId, 'LEFT');
  assert.deepEqual(
    events.map(({ name }) => name),
    ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
  );
}

export async function hasOnlyViewed(
  stage: TestStage,
  sessionId: string,
  userId: string,
  publisherId: string,
): Promise<void> {
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
