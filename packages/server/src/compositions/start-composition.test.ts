import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, elsewhere } from '../control-plane.fixture.ts';
import { channelArn, openShow } from './show.fixture.ts';

const minute = 60_000;
const invalid = { name: 'ValidationException' };
const conflict = { name: 'ConflictException', status: 409 };
const notFound = { name: 'ResourceNotFoundException', message: 'Composition not found' };
const unknown = (kind: string) => `arn:aws:ivs:us-west-2:123456789012:${kind}/nowhere`;
const idOf = (arn: string) => arn.split('/')[1];
const grid = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoAspectRatio: 'VIDEO',
  videoFillMode: '',
  gridGap: 2,
  participantOrderAttribute: '',
};

test('StartComposition answers with the whole composition, every setting filled', async (t) => {
  const { start, call, stage, stageArn, channel, s3, storageArn, encoderArn } = await openShow(t);
  const composition = await start({ destinations: [{ name: 'air', ...channel }, s3], tags: { team: 'red' } });
  const { arn, destinations } = composition;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:composition\/[a-zA-Z0-9]{12}$/);
  const [first, second] = destinations.map(({ id }: Body) => id);
  assert.match(`${first} ${second}`, /^[a-zA-Z0-9]{12} [a-zA-Z0-9]{12}$/);
  assert.deepEqual(composition, {
    arn,
    stageArn,
    state: 'STARTING',
    startTime: '2026-11-21T20:00:00Z',
    tags: { team: 'red' },
    layout: { grid },
    destinations: [
      { id: first, state: 'STARTING', configuration: { name: 'air', channel: { channelArn } } },
      {
        id: second,
        state: 'STARTING',
        configuration: {
          name: '',
          s3: {
            storageConfigurationArn: storageArn,
            encoderConfigurationArns: [encoderArn],
            recordingConfiguration: { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 2 } },
          },
        },
        detail: { s3: { recordingPrefix: `${stage.stageId}/${idOf(arn)}/${second}/composite` } },
      },
    ],
  });
  assert.deepEqual(await call('GetComposition', { arn }), { composition });
  assert.deepEqual((await start()).tags, {});
});

test('StartComposition keeps the layout that it is given', async (t) => {
  const { start } = await openShow(t);
  const { layout } = await start({ layout: { pip: { pipParticipantAttribute: 'pip', pipWidth: 320 } } });
  assert.deepEqual(layout, {
    pip: {
      featuredParticipantAttribute: '',
      omitStoppedVideo: false,
      videoFillMode: 'COVER',
      gridGap: 0,
      pipParticipantAttribute: 'pip',
      pipBehavior: 'STATIC',
      pipOffset: 0,
      pipPosition: 'BOTTOM_RIGHT',
      pipWidth: 320,
      participantOrderAttribute: '',
    },
  });
});

test('StartComposition refuses what is not valid, and starts nothing', async (t) => {
  const { start, call, channel, s3, storageArn, encoderArn } = await openShow(t);
  const wrong = [
    { stageArn: 'stage' },
    { destinations: [] },
    { destinations: [channel, s3, s3] },
    { destinations: [channel, channel] },
    { destinations: [s3, s3] },
    { destinations: [{}] },
    { destinations: [{ ...channel, ...s3 }] },
    { destinations: [{ channel: { channelArn: encoderArn } }] },
    { destinations: [{ name: 'a b', ...channel }] },
    { destinations: [{ s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [] } }] },
    {
      destinations: [
        { s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [encoderArn, encoderArn] } },
      ],
    },
    { layout: { grid: {}, pip: {} } },
    { layout: { grid: { gridGap: -1 } } },
    { layout: { pip: { pipWidth: 0 } } },
    { layout: { grid: { videoFillMode: '' } } },
    { idempotencyToken: '' },
    { idempotencyToken: 'x'.repeat(65) },
    { tags: { 'aws:x': '1' } },
  ];
  for (const input of wrong) await assert.rejects(start(input), invalid, JSON.stringify(input));
  assert.deepEqual(await call('ListCompositions'), { compositions: [] });
});

test('StartComposition finds only what is there, of the same account and region', async (t) => {
  const show = await openShow(t);
  const { start, call, stageArn, storageArn, encoderArn } = show;
  const withChannel = (channel: object) => ({ destinations: [{ channel }] });
  const withS3 = (s3: object) => ({
    destinations: [{ s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [encoderArn], ...s3 } }],
  });
  const missing: [object, string][] = [
    [{ stageArn: unknown('stage') }, 'Stage not found'],
    [withChannel({ channelArn: channelArn.replace('us-west-2', 'eu-west-1') }), 'Channel not found'],
    [withChannel({ channelArn: channelArn.replace('123456789012', '210987654321') }), 'Channel not found'],
    [
      withChannel({ channelArn, encoderConfigurationArn: unknown('encoder-configuration') }),
      'Encoder configuration not found',
    ],
    [withS3({ storageConfigurationArn: unknown('storage-configuration') }), 'Storage configuration not found'],
    [withS3({ encoderConfigurationArns: [unknown('encoder-configuration')] }), 'Encoder configuration not found'],
  ];
  for (const [input, message] of missing) {
    await assert.rejects(start(input), { name: 'ResourceNotFoundException', message });
  }
  for (const caller of elsewhere) {
    const input = { stageArn, destinations: [show.channel] };
    await assert.rejects(call('StartComposition', input, caller), { name: 'ResourceNotFoundException' });
  }
  assert.deepEqual(await call('ListCompositions'), { compositions: [] });
});

test('as many compositions run as the quotas say, and those that have ended do not count', async (t) => {
  const { start, get, call } = await openShow(t, { compositions: 3, compositionsPerStage: 2 });
  const full = { name: 'ServiceQuotaExceededException', status: 402 };
  const { arn } = await start();
  await start();
  await assert.rejects(start(), { ...full, message: /2 compositions of one stage/ });
  const { stage } = await call('CreateStage');
  await start({ stageArn: stage.arn });
  await assert.rejects(start({ stageArn: stage.arn }), { ...full, message: /3 compositions/ });
  await call('StopComposition', { arn });
  await get(arn);
  await start();
  const { stage: abroad } = await call('CreateStage', {}, elsewhere[0]);
  const abroadChannel = { channel: { channelArn: channelArn.replace('us-west-2', 'eu-west-1') } };
  await call('StartComposition', { stageArn: abroad.arn, destinations: [abroadChannel] }, elsewhere[0]);
});

test('a composition has as many destinations as the quota says', async (t) => {
  const { start, channel, s3 } = await openShow(t, { destinationsPerComposition: 1 });
  await start({ destinations: [s3] });
  await assert.rejects(start({ destinations: [channel, s3] }), invalid);
});

test('the same request with the same token starts one composition', async (t) => {
  const { start, call, get, s3, clock, stageArn } = await openShow(t);
  const request = { idempotencyToken: 'once', destinations: [s3], tags: { a: '1', b: '2' } };
  const first = await start(request);
  assert.deepEqual(await start({ ...request, tags: { b: '2', a: '1' }, layout: {} }), first);
  assert.equal((await call('ListCompositions')).compositions.length, 1);

  await call('TagResource', { resourceArn: first.arn, tags: { c: '3' } });
  await call('StopComposition', { arn: first.arn });
  const stopped = await get(first.arn);
  assert.deepEqual(await start(request), stopped, 'as it is now');
  await call('DeleteStage', { arn: stageArn });
  clock.advance(6 * minute);
  await assert.rejects(get(first.arn), notFound);
  assert.deepEqual(await start(request), stopped, 'also when it can no longer be seen');
});

test('two requests with the same token at the same time start one composition', async (t) => {
  const { start, call } = await openShow(t);
  const [one, other] = await Promise.all([start({ idempotencyToken: 'once' }), start({ idempotencyToken: 'once' })]);
  assert.deepEqual(one, other);
  assert.equal((await call('ListCompositions')).compositions.length, 1);
});

test('a token with other parameters is a conflict', async (t) => {
  const { start, call, s3, channel } = await openShow(t);
  await start({ idempotencyToken: 'once' });
  const { stage } = await call('CreateStage');
  const others = [
    { stageArn: stage.arn },
    { destinations: [s3] },
    { destinations: [{ name: 'air', ...channel }] },
    { layout: { pip: {} } },
    { tags: { team: 'red' } },
  ];
  for (const other of others) await assert.rejects(start({ idempotencyToken: 'once', ...other }), conflict);
  await assert.rejects(start({ idempotencyToken: 'once', stageArn: unknown('stage') }), {
    name: 'ResourceNotFoundException',
  });
  assert.equal((await call('ListCompositions')).compositions.length, 1);
});

test('a token is known for 24 hours, in its account and region', async (t) => {
  const { start, call, clock } = await openShow(t);
  const { arn } = await start({ idempotencyToken: 'once' });
  const { stage } = await call('CreateStage', {}, elsewhere[0]);
  const abroadChannel = { channel: { channelArn: channelArn.replace('us-west-2', 'eu-west-1') } };
  const request = { stageArn: stage.arn, destinations: [abroadChannel], idempotencyToken: 'once' };
  await call('StartComposition', request, elsewhere[0]);

  clock.advance(24 * 60 * minute - 1);
  assert.equal((await start({ idempotencyToken: 'once' })).arn, arn);
  clock.advance(1);
  const { arn: next } = await start({ idempotencyToken: 'once', layout: { pip: {} } });
  assert.notEqual(next, arn);
  await assert.rejects(start({ idempotencyToken: 'once' }), conflict, 'the newest counts');
});

test('without a token every request starts a composition', async (t) => {
  const { start } = await openShow(t);
  assert.notEqual((await start()).arn, (await start()).arn);
});

test('a composition and the end of what it names never cross', async (t) => {
  const { start, call, s3, encoderArn, stageArn } = await openShow(t);
  const [deleted, started] = await Promise.allSettled([
    call('DeleteEncoderConfiguration', { arn: encoderArn }),
    start({ destinations: [s3] }),
  ]);
  assert.deepEqual([deleted.status, started.status], ['fulfilled', 'rejected']);
  const [begun, gone] = await Promise.allSettled([start(), call('DeleteStage', { arn: stageArn })]);
  assert.deepEqual([begun.status, gone.status], ['fulfilled', 'fulfilled']);
  const { compositions } = await call('ListCompositions');
  assert.deepEqual(
    compositions.map(({ state }: Body) => state),
    ['FAILED'],
  );
});
