import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Publisher, StageMedia } from '@proscenium/media';
import type { Event } from '@proscenium/model';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { openSocketPair } from '../signalling/socket-pair.fixture.ts';
import { until } from '../until.fixture.ts';
import { readClientData } from './client-data.ts';
import { listEvents } from './participant-event-table.ts';
import { openStage, type RunningStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

const client = readClientData({});
const newest = { before: Number.MAX_SAFE_INTEGER, limit: 100 };
const subscribeOffer = publishOffer.replaceAll('a=sendonly', 'a=recvonly');
const DAY_MS = 24 * 60 * 60 * 1_000;

type Quotas = NonNullable<NonNullable<Parameters<typeof openStage>[1]>['quotas']>;

/** A stage whose publishers are told by hand what they are measured to be. */
async function openShow(t: TestContext, quotas: Quotas = {}, replicasIn = () => 0) {
  const running: RunningStage = await openStage(t, { quotas, replicasIn });
  const { sfu, registry, stage, claimsOf, store } = running;
  const createStage = sfu.createStage.bind(sfu);
  let media: StageMedia | undefined;
  t.mock.method(sfu, 'createStage', async () => {
    media = await createStage();
    return media;
  });
  registry.stage(stage);
  registry.keepSession(stage, 1_000 * DAY_MS);
  return {
    ...running,
    live: () => registry.stage(stage),
    publish: (id: string) => registry.stage(stage).publish(claimsOf(id), client, publishOffer),
    subscribe: (id: string, publisherId: string) =>
      registry.stage(stage).subscribe(claimsOf(id), client, publisherId, subscribeOffer),
    /** Publishes, and says that packets come. */
    async publishMedia(id: string): Promise<Publisher> {
      await registry.stage(stage).publish(claimsOf(id), client, publishOffer);
      const publisher = media?.publisher(id);
      assert.ok(publisher);
      for (const producer of publisher.producers.values()) producer.emit('score', []);
      return publisher;
    },
    /** Oldest first, as the API lists them. */
    async eventsOf(id: string): Promise<Event[]> {
      await registry.write(stage, async () => {}); // comes after whatever the stage had to write
      const session = await findRunningSession(store.db, stage);
      const events = await listEvents(store.db, stage, session?.sessionId ?? '', id, newest);
      return events.map(({ event }) => event).reverse();
    },
  };
}

const names = (events: readonly Event[]) =>
  events.map(({ name, errorCode }) => (errorCode ? `${name} ${errorCode}` : name));

const refused = (status: number, code: number) => ({ name: 'StageRefusal', status, code });
const full = refused(403, StageErrorCode.STAGE_AT_CAPACITY);

test('a publish that is over a limit is cut: its client, its events and others are told why', async (t) => {
  const { live, publishMedia, claimsOf, eventsOf, events } = await openShow(t);
  const { socket, client: host } = await openSocketPair(t);
  const messages: string[] = [];
  host.on('message', (data) => messages.push(String(data)));
  await live().connect(claimsOf('host'), client, socket);
  const publisher = await publishMedia('host');
  const ended = once(publisher, 'ended');
  publisher.emit('bitrate', 9_000_000);
  assert.equal(publisher.ended, false);
  publisher.emit('bitrate', 9_400_000);
  assert.deepEqual(await ended, ['closed']);
  assert.deepEqual(names(await eventsOf('host')), [
    'JOINED',
    'PUBLISH_STARTED',
    'PUBLISH_ERROR BITRATE_EXCEEDED',
    'PUBLISH_STOPPED',
  ]);
  assert.deepEqual(
    events.map(({ detail }) => [detail.event_name, detail.participant_id, detail.error_code]),
    [
      ['Participant Published', 'host', undefined],
      ['Participant Publish Error', 'host', 'BITRATE_EXCEEDED'],
      ['Participant Unpublished', 'host', undefined],
    ],
  );
  await until(
    () => messages,
    (all) => all.includes('{"type":"PUBLISH_ERROR","payload":{"errorCode":"BITRATE_EXCEEDED"}}'),
  );
  assert.deepEqual(live().publishers, []);
});

test('a publish that was cut may be followed by another one', async (t) => {
  const { publishMedia, publish, eventsOf } = await openShow(t, { publishersPerStage: 1 });
  const publisher = await publishMedia('host');
  publisher.emit('bitrate', 100_000_000);
  publisher.emit('bitrate', 100_000_000);
  await publish('host');
  assert.equal(names(await eventsOf('host')).filter((name) => name === 'PUBLISH_ERROR BITRATE_EXCEEDED').length, 1);
});

test('publishing ends after 24 hours, and each publish has its own', async (t) => {
  const { publishMedia, eventsOf, clock } = await openShow(t);
  const publisher = await publishMedia('host');
  clock.advance(DAY_MS / 2);
  const other = await publishMedia('guest');
  clock.advance(DAY_MS / 2 - 1);
  assert.equal(publisher.ended, false);
  clock.advance(1);
  assert.equal(publisher.ended, true);
  assert.equal(other.ended, false);
  assert.deepEqual(names(await eventsOf('host')).slice(1), [
    'PUBLISH_STARTED',
    'PUBLISH_ERROR STREAM_DURATION_EXCEEDED',
    'PUBLISH_STOPPED',
    'LEFT',
  ]);
  other.close();
  const { alarms } = clock;
  clock.advance(DAY_MS);
  assert.equal(clock.alarms, alarms);
  assert.deepEqual(names(await eventsOf('guest')).slice(1), ['PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
});

test('receiving ends after 24 hours without a break, whoever was received', async (t) => {
  const { publishMedia, subscribe, live, claimsOf, eventsOf, clock } = await openShow(t);
  const { socket, client: viewer } = await openSocketPair(t);
  const messages: string[] = [];
  viewer.on('message', (data) => messages.push(String(data)));
  await live().connect(claimsOf('viewer'), client, socket);
  const first = await publishMedia('first');
  await subscribe('viewer', 'first');
  clock.advance(DAY_MS / 2);
  await publishMedia('second');
  const { resourceId } = await subscribe('viewer', 'second');
  first.close();
  clock.advance(DAY_MS / 2 - 1);
  assert.deepEqual(names(await eventsOf('viewer')), ['JOINED']);
  clock.advance(1);
  const [, error, ...others] = await eventsOf('viewer');
  assert.deepEqual(
    [error?.name, error?.errorCode, error?.remoteParticipantId],
    ['SUBSCRIBE_ERROR', 'STREAM_DURATION_EXCEEDED', 'second'],
  );
  assert.deepEqual(others, []);
  assert.equal(live().findResource('viewer', resourceId), undefined);
  const payload = { participantId: 'second', errorCode: 'STREAM_DURATION_EXCEEDED' };
  await until(
    () => messages,
    (all) => all.includes(JSON.stringify({ type: 'SUBSCRIBE_ERROR', payload })),
  );
  await subscribe('viewer', 'second');
});

test('nothing ends by itself when durations are unlimited', async (t) => {
  const { publishMedia, clock } = await openShow(t, { participantDurationHours: Infinity });
  const publisher = await publishMedia('host');
  clock.advance(1_000 * DAY_MS);
  assert.equal(publisher.ended, false);
});

test('the thirteenth publisher is refused, also when all come at once, until one goes', async (t) => {
  const { publish, live, eventsOf, events } = await openShow(t);
  const outcomes = await Promise.allSettled(Array.from({ length: 13 }, (_, index) => publish(`p-${index}`)));
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  assert.deepEqual(
    refusals.map(({ status, code, message }) => [status, code, message]),
    [[403, StageErrorCode.STAGE_AT_CAPACITY, 'There are 12 publishers in the stage already']],
  );
  const index = outcomes.findIndex(({ status }) => status === 'rejected');
  assert.deepEqual(names(await eventsOf(`p-${index}`)), ['JOINED', 'PUBLISH_ERROR QUOTA_EXCEEDED', 'LEFT']);
  assert.deepEqual(
    events.map(({ detail }) => [detail.event_name, detail.error_code]),
    [['Participant Publish Error', 'QUOTA_EXCEEDED']],
  );

  const other = index === 0 ? 1 : 0;
  await publish(`p-${other}`); // again, in its own place
  await assert.rejects(publish(`p-${index}`), full);
  await live().disconnect(`p-${other}`);
  await publish(`p-${index}`);
  await assert.rejects(publish('p-13'), full);
});

test('a publish that fails gives its place back', async (t) => {
  const { live, publish, claimsOf } = await openShow(t, { publishersPerStage: 1, publishers: 1 });
  await assert.rejects(live().publish(claimsOf('host'), client, 'no offer'));
  await assert.rejects(live().publish(claimsOf('host'), client, publishOffer.replace('H264/90000', 'H265/90000')), {
    status: 400,
    code: StageErrorCode.CODEC_MISMATCH,
  });
  await publish('guest');
  await assert.rejects(publish('host'), full);
});

test('replicas take publishers’ places', async (t) => {
  let replicas = 1;
  const { publish } = await openShow(t, { publishersPerStage: 2 }, () => replicas);
  await publish('host');
  await assert.rejects(publish('guest'), full);
  replicas = 0;
  await publish('guest');
});

test('the publishers of an account are limited over all its stages, and not those of another region', async (t) => {
  const { publish, registry, call, stage, claimsOf } = await openShow(t, { publishers: 1 });
  const created = await call('CreateStage');
  const other = { ...stage, stageId: created.stage.arn.split('/')[1] };
  const publishThere = () => registry.stage(other).publish({ ...claimsOf('host'), stage: other }, client, publishOffer);
  const { resourceId } = await publish('host');
  await assert.rejects(publishThere(), {
    ...full,
    message: 'There are 1 publishers in the account and region already',
  });
  registry.findResource(stage, 'host', resourceId)?.media.close();
  await publishThere();
  await assert.rejects(publish('host'), full);
  const elsewhere = await call('CreateStage', {}, { account: stage.account, region: 'eu-west-1' });
  const third = { ...stage, region: 'eu-west-1', stageId: elsewhere.stage.arn.split('/')[1] };
  await registry.stage(third).publish({ ...claimsOf('host'), stage: third }, client, publishOffer);
});

test('the second subscriber is refused where one is allowed, and may come when the first goes', async (t) => {
  const { publishMedia, subscribe, live, eventsOf } = await openShow(t, { subscribersPerStage: 1 });
  await publishMedia('host');
  await publishMedia('guest');
  const first = await subscribe('ann', 'host');
  await subscribe('ann', 'guest');
  await assert.rejects(subscribe('bob', 'host'), {
    ...full,
    message: 'There are 1 subscribers in the stage already',
  });
  const [, error] = await eventsOf('bob');
  assert.equal(error?.name, 'SUBSCRIBE_ERROR');
  assert.equal(error?.errorCode, 'QUOTA_EXCEEDED');
  assert.equal(error?.remoteParticipantId, 'host');
  live().findResource('ann', first.resourceId)?.media.close();
  await assert.rejects(subscribe('bob', 'host'), full);
  await live().disconnect('ann');
  await subscribe('bob', 'host');
});

test('a subscription is a participant and a publisher, however often it was posted', async (t) => {
  const { publishMedia, subscribe, live } = await openShow(t, { subscriptions: 2 });
  const host = await publishMedia('host');
  await publishMedia('guest');
  const { resourceId } = await subscribe('ann', 'host');
  await subscribe('ann', 'host');
  await assert.rejects(subscribe('ann', 'nobody'), refused(404, StageErrorCode.FAILED));
  await subscribe('bob', 'host');
  await assert.rejects(subscribe('bob', 'guest'), full);
  live().findResource('ann', resourceId)?.media.close();
  await assert.rejects(subscribe('bob', 'guest'), full);
  host.close();
  await subscribe('bob', 'guest');
  await subscribe('ann', 'guest');
});

test('who could neither publish nor subscribe any more may not join', async (t) => {
  const { publish, live, claimsOf, eventsOf } = await openShow(t, { publishersPerStage: 1, subscribersPerStage: 1 });
  await publish('host');
  const { socket } = await openSocketPair(t);
  await live().connect(claimsOf('ann'), client, socket);
  const { socket: another } = await openSocketPair(t);
  await assert.rejects(live().connect(claimsOf('bob'), client, another), full);
  assert.deepEqual(names(await eventsOf('bob')), ['JOIN_ERROR QUOTA_EXCEEDED']);
  await live().disconnect('host');
  await live().connect(claimsOf('bob'), client, another);
});

test('lifted limits let fifty publishers in', async (t) => {
  const { publish } = await openShow(t, { publishersPerStage: Infinity, publishers: Infinity });
  for (let index = 0; index < 50; index += 1) await publish(`p-${index}`);
});
