import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { subscribeByGstreamer } from '../support/post-subscriber.ts';
import { hasOnlyPublished, hasOnlyViewed, MeetingPlace, makesMissing } from './makes-meet.ts';
import { programMakes } from './publishers.ts';
import { postSubscriberMakes, type Subscribing } from './subscribers.ts';

describe('clients of other makes', { skip: makesMissing }, () => {
  let place: MeetingPlace;

  before(async () => {
    place = await MeetingPlace.open();
  });
  after(() => place?.close());

  test('that subscribe end it by their DELETE, and the publish goes on', async (t) => {
    const make = programMakes.find(({ name }) => name === 'FFmpeg');
    assert.ok(make);
    const { stage, publisher, sessionId } = await place.publish(t, make);
    const publisherId = publisher.participantId;
    const views = await Promise.all(
      postSubscriberMakes.map(async ({ userId, subscribe }): Promise<Subscribing> => {
        const viewing = { stage, viewer: stage.invited(userId), publisherId, videoCodec: make.videoCodec };
        const subscribing = await subscribe(place, viewing);
        t.after(() => subscribing.dispose());
        return subscribing;
      }),
    );
    await Promise.all(views.map((subscribing) => subscribing.receive()));
    await Promise.all(views.map((subscribing) => subscribing.stop()));
    for (const { userId } of postSubscriberMakes) await hasOnlyViewed(stage, sessionId, userId, publisherId);
    const { state, published } = await stage.participant(sessionId, publisherId);
    assert.deepEqual({ state, published }, { state: 'CONNECTED', published: true });
  });

  // GStreamer's ICE asks for no consent while it sends (RFC 7675), so that its packets alone show that it is there.
  test('that send no consent checks stay for as long as they send, and are gone soon after', async (t) => {
    const make = programMakes.find(({ name, videoCodec }) => name === 'GStreamer' && videoCodec === 'H264');
    assert.ok(make);
    const { stage, publisher, publishing, sessionId } = await place.publish(t, make);
    const { participantId, token } = stage.invited('gstreamer');
    const target = { url: stage.subscribeUrl(publisher.participantId), token };
    const viewer = subscribeByGstreamer(target, { videoCodec: make.videoCodec, spawn: place.network.spawn });
    t.after(() => viewer.kill());
    // At 30 a second: for longer than the server takes a silent client for alive.
    await viewer.receive(12 * 30);
    await publishing.dispose();
    await hasOnlyPublished(stage, sessionId, publisher.participantId);
    await stage.untilEvent(sessionId, participantId, 'LEFT');
  });
});
