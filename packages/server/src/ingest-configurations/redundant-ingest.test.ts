import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Sfu } from '@proscenium/media';
import type { EventErrorCode } from '@proscenium/model';
import { type Body, scope } from '../control-plane.fixture.ts';
import { startSfu } from '../participants/registry.fixture.ts';
import { stageStateMessage } from '../participants/stage-state.ts';
import { HandEncoder, HandProgramme } from './hand-encoder.fixture.ts';
import { getIngestConfiguration, idOf } from './ingest-configurations.fixture.ts';
import { openIngest } from './running-ingest.fixture.ts';

const HOUR_MS = 60 * 60 * 1_000;

let sfu: Sfu;
before(async () => {
  sfu = await startSfu();
});
after(() => sfu?.close());

/** A configuration with two keys, attached to a stage. */
async function openStudio(t: TestContext, quotas?: Parameters<typeof openIngest>[2]) {
  const ingest = await openIngest(t, sfu, quotas);
  const made = await ingest.configure({ redundantIngest: true, userId: 'camera', attributes: { role: 'programme' } });
  const [one, two]: Body[] = made.redundantIngestCredentials;
  const virtualId: string = made.participantId;
  return {
    ...ingest,
    made,
    one,
    two,
    virtualId,
    /** Comes with a key, and packets of it come, and of what is seen. */
    async publish(credential: Body): Promise<HandEncoder> {
      const encoder = await ingest.publish(credential as { streamKey: string; participantId: string });
      ingest.hear(virtualId);
      return encoder;
    },
    /** With a key of another configuration, which has one. */
    async publishAlone(): Promise<HandEncoder> {
      return ingest.publish((await ingest.configure()) as { streamKey: string; participantId: string });
    },
    settled: () => ingest.service.disconnect({ ...scope, ingestConfigurationId: idOf(made.arn) }),
    seen: (): string[] =>
      JSON.parse(stageStateMessage('', ingest.registry.stage(ingest.stage).participants)).payload.participants.map(
        ({ id }: { id: string }) => id,
      ),
  };
}

/** Those that encoders open from now on. */
function followProgrammes(t: TestContext): readonly HandProgramme[] {
  const programmes: HandProgramme[] = [];
  t.mock.method(HandEncoder.prototype, 'openProgramme', async () => {
    const programme = new HandProgramme();
    programmes.push(programme);
    return programme;
  });
  return programmes;
}

test('both encoders are participants, and what is seen of them is one more', async (t) => {
  const { publish, one, two, made, virtualId, ...studio } = await openStudio(t);
  const first = await publish(one);
  const second = await publish(two);
  assert.equal(first.programme?.id, second.programme?.id);
  assert.ok(first.programme);
  for (const [participantId, isPhysical] of [
    [virtualId, false],
    [one.participantId, true],
    [two.participantId, true],
  ] as const) {
    const record = await studio.participant(participantId);
    assert.deepEqual(
      [record?.redundantIngest, record?.published, record?.protocol, record?.userId, record?.ingestConfigurationArn],
      [isPhysical, true, 'RTMPS', 'camera', made.arn],
    );
    assert.deepEqual(await studio.eventsOf(participantId), ['JOINED', 'PUBLISH_STARTED']);
  }
  const published = studio.events.map(({ detail }) => [detail.event_name, detail.participant_id]);
  assert.deepEqual(
    published.toSorted(),
    [virtualId, one.participantId, two.participantId].map((id) => ['Participant Published', id]).toSorted(),
  );
  assert.equal(await studio.stateOf(made), 'ACTIVE');
});

test('clients and compositions know of the virtual participant alone', async (t) => {
  const { publish, one, two, virtualId, registry, stage, seen } = await openStudio(t);
  await publish(one);
  await publish(two);
  assert.deepEqual(registry.publishers(stage), [virtualId]);
  assert.deepEqual(seen(), [virtualId]);
  assert.equal(registry.publisher(stage, virtualId)?.isVirtual, true);
  assert.equal(registry.publisher(stage, one.participantId)?.isPhysical, true, 'for its recording');
});

test('nobody can subscribe to one of the encoders', async (t) => {
  const { publish, one, virtualId, media } = await openStudio(t);
  await publish(one);
  await assert.rejects(media().subscribe('viewer', one.participantId, ''), { reason: 'PUBLISHER_NOT_FOUND' });
  await assert.rejects(media().subscribe('viewer', virtualId, ''), { reason: 'BROKEN_OFFER' });
});

test('the virtual participant outlives either encoder, but not both', async (t) => {
  const { publish, one, two, made, virtualId, ...studio } = await openStudio(t);
  const first = await publish(one);
  const second = await publish(two);
  first.end('lost');
  assert.deepEqual(await studio.eventsOf(one.participantId), ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
  assert.deepEqual(await studio.eventsOf(virtualId), ['JOINED', 'PUBLISH_STARTED']);
  assert.equal(await studio.stateOf(made), 'ACTIVE');
  const again = await publish(one);
  assert.equal(again.programme?.id, second.programme?.id);
  second.end('hangup');
  again.end('hangup');
  await studio.settled();
  assert.deepEqual(await studio.eventsOf(virtualId), ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
  assert.equal(await studio.stateOf(made), 'INACTIVE');
  assert.deepEqual(studio.seen(), []);
  // And begins anew with the next one.
  const later = await publish(two);
  assert.notEqual(later.programme?.id, second.programme?.id);
  assert.deepEqual((await studio.eventsOf(virtualId)).slice(4), ['JOINED', 'PUBLISH_STARTED']);
});

test('two encoders that come at the same time make one programme, and so do two that come while it ends', async (t) => {
  const { service, one, two, virtualId, ...studio } = await openStudio(t);
  for (let turn = 0; turn < 3; turn += 1) {
    const encoders = [one, two].map(({ streamKey }) => new HandEncoder(streamKey));
    const refusals = await Promise.all(encoders.map((encoder) => service.admit(encoder)));
    assert.deepEqual(refusals, [undefined, undefined]);
    const [first, second] = encoders;
    assert.equal(first?.programme?.id, second?.programme?.id);
    studio.hear(virtualId);
    for (const encoder of encoders) encoder.end('lost');
  }
  await studio.settled();
  const visit = ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'];
  assert.deepEqual(await studio.eventsOf(virtualId), [...visit, ...visit, ...visit]);
});

test('each key lets one stream in', async (t) => {
  const { publish, refused, one, two } = await openStudio(t);
  const first = await publish(one);
  await publish(two);
  for (const { streamKey } of [one, two]) {
    assert.equal(await refused(streamKey), 'The stream key is in use by another stream');
  }
  first.silentMs = 3_000;
  await publish(one);
  assert.equal(first.ended, true);
});

test('the two of them take one place of a publisher', async (t) => {
  const { publish, one, two, registry, stage, ...studio } = await openStudio(t, { publishersPerStage: 1 });
  await publish(one);
  await publish(two);
  assert.equal(registry.publisherPlaces(stage), 1);
  const single = await studio.configure();
  assert.equal(await studio.refused(single.streamKey), 'There are 1 publishers in the stage already');
});

test('where there is no place for the virtual participant, its encoders are refused, and events of both tell', async (t) => {
  const { one, two, made, virtualId, ...studio } = await openStudio(t, {
    publishersPerStage: 1,
    subscribersPerStage: 5,
  });
  const single = await studio.configure();
  const other = new HandEncoder(single.streamKey);
  assert.equal(await studio.service.admit(other), undefined);
  const told = 'There are 1 publishers in the stage already';
  const refusals = [one, two].map(({ streamKey }) => studio.refused(streamKey));
  assert.deepEqual(await Promise.all(refusals), [told, told]);
  assert.deepEqual(await studio.eventsOf(one.participantId), ['JOINED', 'PUBLISH_ERROR QUOTA_EXCEEDED', 'LEFT']);
  assert.deepEqual((await studio.eventsOf(virtualId)).slice(0, 3), ['JOINED', 'PUBLISH_ERROR QUOTA_EXCEEDED', 'LEFT']);
  assert.equal(await studio.stateOf(made), 'INACTIVE');
  other.end('hangup');
  assert.equal(await studio.service.admit(new HandEncoder(one.streamKey)), undefined);
});

test('a programme that nobody publishes is closed', async (t) => {
  const programmes = followProgrammes(t);
  const { service, one, registry, ...studio } = await openStudio(t, { publishersPerStage: 1, subscribersPerStage: 5 });
  const single = new HandEncoder((await studio.configure()).streamKey);
  await service.admit(single);
  await studio.refused(one.streamKey);
  single.end('hangup');
  await studio.settled();
  void registry.drain();
  await studio.refused(one.streamKey);
  assert.deepEqual(
    programmes.map(({ ended }) => ended),
    [true, true],
  );
});

test('what is seen is not judged, for its encoders are', async (t) => {
  const { publish, one, two, virtualId, media } = await openStudio(t);
  const first = await publish(one);
  const second = await publish(two);
  media().publisher(virtualId)?.emit('bitrate', 20_000_000);
  assert.deepEqual([first.ended, second.ended], [false, false]);
  media().publisher(one.participantId)?.emit('bitrate', 20_000_000);
  assert.deepEqual([first.told, second.ended], ['BITRATE_EXCEEDED', false]);
});

test('an encoder that breaks a rule is cut alone', async (t) => {
  const { publish, one, two, virtualId, ...studio } = await openStudio(t);
  const first = await publish(one);
  const second = await publish(two);
  first.emit('violation', 'INVALID_INPUT');
  assert.deepEqual([first.ended, second.ended], [true, false]);
  assert.ok(
    (await studio.eventsOf(one.participantId)).includes(
      'PUBLISH_ERROR INVALID_INPUT' satisfies `${string} ${EventErrorCode}`,
    ),
  );
  assert.deepEqual(await studio.eventsOf(virtualId), ['JOINED', 'PUBLISH_STARTED']);
});

test('streams that begin together end an hour apart after a day, and what is seen goes on for ever', async (t) => {
  const { publish, one, two, virtualId, clock, ...studio } = await openStudio(t);
  const first = await publish(one);
  clock.advance(5_000);
  const second = await publish(two);
  clock.advance(23 * HOUR_MS - 5_001);
  assert.deepEqual([first.ended, second.ended], [false, false]);
  clock.advance(1);
  assert.deepEqual([first.ended, second.ended, second.told], [false, true, 'STREAM_DURATION_EXCEEDED']);
  const third = await publish(two);
  clock.advance(HOUR_MS);
  assert.deepEqual([first.ended, first.told], [true, 'STREAM_DURATION_EXCEEDED']);
  const fourth = await publish(one);
  clock.advance(23 * HOUR_MS - 1);
  assert.equal(third.ended, false);
  clock.advance(1);
  assert.deepEqual([third.ended, fourth.ended], [true, false], 'those that begin apart have a day each');
  assert.deepEqual(await studio.eventsOf(virtualId), ['JOINED', 'PUBLISH_STARTED']);
});

for (const which of ['one', 'virtualId'] as const) {
  test(`DisconnectParticipant of ${which === 'one' ? 'an encoder' : 'what is seen'} ends all, and detaches the configuration`, async (t) => {
    const { publish, call, stageArn, made, ...studio } = await openStudio(t);
    const encoders = [await publish(studio.one), await publish(studio.two)];
    const participantId = which === 'one' ? studio.one.participantId : studio.virtualId;
    await call('DisconnectParticipant', { stageArn, participantId });
    assert.deepEqual(
      encoders.map(({ ended }) => ended),
      [true, true],
    );
    const { state, stageArn: attached } = await getIngestConfiguration({ call } as never, made.arn);
    assert.deepEqual([state, attached], ['INACTIVE', '']);
    for (const id of [studio.virtualId, studio.one.participantId, studio.two.participantId]) {
      assert.deepEqual((await studio.eventsOf(id)).slice(2), ['PUBLISH_STOPPED', 'LEFT']);
    }
    await call('UpdateIngestConfiguration', { arn: made.arn, stageArn });
    await publish(studio.one);
  });
}

test('DeleteStage, and deleting the configuration by force, end all', async (t) => {
  for (const how of ['DeleteStage', 'DeleteIngestConfiguration'] as const) {
    const { publish, call, stageArn, made, one, two } = await openStudio(t);
    const encoders = [await publish(one), await publish(two)];
    if (how === 'DeleteStage') await call(how, { arn: stageArn });
    else {
      await assert.rejects(call(how, { arn: made.arn }), { name: 'ConflictException' });
      await call(how, { arn: made.arn, force: true });
    }
    assert.deepEqual(
      encoders.map(({ ended }) => ended),
      [true, true],
      how,
    );
  }
});

test('a programme that fails takes its encoders with it, which are told and may come again', async (t) => {
  const programmes = followProgrammes(t);
  const { publish, one, two, virtualId, ...studio } = await openStudio(t);
  const other = await studio.publishAlone();
  const encoders = [await publish(one), await publish(two)];
  programmes[0]?.emit('switched', '1', 'silent');
  assert.deepEqual(studio.switches, ['silent']);
  programmes[0]?.fail();
  assert.deepEqual(
    encoders.map(({ ended, told }) => [ended, told]),
    [
      [true, 'The programme cannot go on'],
      [true, 'The programme cannot go on'],
    ],
  );
  assert.equal(other.ended, false);
  await publish(one);
  assert.equal(programmes.length, 2);
  const visit = ['JOINED', 'PUBLISH_STARTED'];
  assert.deepEqual(await studio.eventsOf(virtualId), [...visit, 'PUBLISH_STOPPED', 'LEFT', ...visit]);
});

test('an encoder that goes while its programme is opened leaves none behind', async (t) => {
  const { promise: opened, resolve: open } = Promise.withResolvers<HandProgramme>();
  const asked = Promise.withResolvers<void>();
  t.mock.method(HandEncoder.prototype, 'openProgramme', () => {
    asked.resolve();
    return opened;
  });
  const { service, one, ...studio } = await openStudio(t);
  const gone = new HandEncoder(one.streamKey);
  const admitted = service.admit(gone);
  await asked.promise;
  gone.end('hangup');
  const programme = new HandProgramme();
  open(programme);
  assert.ok(await admitted);
  await studio.settled();
  assert.equal(programme.ended, true);
  assert.deepEqual(studio.seen(), []);
});

test('redundancy is turned on and off between streams', async (t) => {
  const { publish, call, made, one, two, virtualId, ...studio } = await openStudio(t);
  const encoder = await publish(one);
  const turnOff = { arn: made.arn, redundantIngest: false };
  await assert.rejects(call('UpdateIngestConfiguration', turnOff), { name: 'ConflictException' });
  encoder.end('hangup');
  await studio.settled();
  await call('UpdateIngestConfiguration', turnOff);
  assert.equal(await studio.refused(two.streamKey), 'The stream key is not known');
  // Its own participant, as if it had never been otherwise.
  const alone = new HandEncoder(made.streamKey);
  assert.equal(await studio.service.admit(alone), undefined);
  assert.equal(alone.programme, undefined);
  studio.hear(virtualId);
  const record = await studio.participant(virtualId);
  assert.equal(record?.redundantIngest, false);
});
