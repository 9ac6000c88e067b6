import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, elsewhere, scope } from '../control-plane.fixture.ts';
import { channelArn, openShow } from './show.fixture.ts';

const minute = 60_000;
const invalid = { name: 'ValidationException' };
const conflict = { name: 'ConflictException', status: 409 };
const notFound = { name: 'ResourceNotFoundException', message: 'Composition not found' };
const unknown = (kind: string) => `arn:aws:ivs:us-west-2:123456789012:${kind}/nowhere`;

test('StopComposition is repeated without harm for as long as the composition can be seen', async (t) => {
  const { start, call, get, clock, told } = await openShow(t);
  const { arn, destinations } = await start();
  await call('StopComposition', { arn });
  const stopped = await get(arn);
  assert.equal(stopped.state, 'STOPPED');
  clock.advance(minute);
  assert.deepEqual((await call('StopComposition', { arn })) ?? {}, {});
  assert.deepEqual(await get(arn), stopped);
  assert.deepEqual(told(), [`Destination End ${destinations[0].id}`, 'Session End']);
  clock.advance(4 * minute);
  await assert.rejects(call('StopComposition', { arn }), notFound);
});

test('a composition can be seen for five minutes after its end, with its tags', async (t) => {
  const { start, call, get, clock } = await openShow(t);
  const { arn } = await start({ tags: { team: 'red' } });
  await call('TagResource', { resourceArn: arn, tags: { show: 'friday' } });
  await call('StopComposition', { arn });
  await get(arn);
  clock.advance(5 * minute - 1);
  await call('UntagResource', { resourceArn: arn, tagKeys: ['team'] });
  const tags = { show: 'friday' };
  assert.deepEqual(await call('ListTagsForResource', { resourceArn: arn }), { tags });
  assert.deepEqual((await get(arn)).tags, tags);
  assert.equal((await call('ListCompositions')).compositions.length, 1);

  clock.advance(1);
  await assert.rejects(get(arn), notFound);
  assert.deepEqual(await call('ListCompositions'), { compositions: [] });
  const gone = { name: 'ResourceNotFoundException' };
  await assert.rejects(call('ListTagsForResource', { resourceArn: arn }), gone);
  await assert.rejects(call('TagResource', { resourceArn: arn, tags }), gone);
  await assert.rejects(call('UntagResource', { resourceArn: arn, tagKeys: ['show'] }), gone);
});

test('tags that change while a composition ends are kept', async (t) => {
  const { start, call, get } = await openShow(t);
  const { arn } = await start();
  await Promise.all([
    call('StopComposition', { arn }),
    call('TagResource', { resourceArn: arn, tags: { team: 'red' } }),
  ]);
  const { state, tags } = await get(arn);
  assert.deepEqual({ state, tags }, { state: 'STOPPED', tags: { team: 'red' } });
});

test('ListCompositions shows summaries, newest first', async (t) => {
  const { start, call, channel, s3, stageArn } = await openShow(t);
  const older = await start({ destinations: [channel, s3], tags: { team: 'red' } });
  const newer = await start();
  await call('StopComposition', { arn: newer.arn });
  const { compositions } = await call('ListCompositions');
  assert.deepEqual(
    compositions.map(({ arn }: Body) => arn),
    [newer.arn, older.arn],
  );
  assert.deepEqual(compositions[1], {
    arn: older.arn,
    stageArn,
    state: 'STARTING',
    startTime: '2026-11-21T20:00:00Z',
    tags: { team: 'red' },
    destinations: older.destinations.map(({ id }: Body) => ({ id, state: 'STARTING' })),
  });
});

test('ListCompositions filters by stage and by encoder configuration', async (t) => {
  const { start, call, s3, stageArn, encoderArn } = await openShow(t);
  const { encoderConfiguration: wide } = await call('CreateEncoderConfiguration');
  const { stage: other } = await call('CreateStage');
  const forChannel = { channel: { channelArn, encoderConfigurationArn: wide.arn } };
  const plain = await start();
  const recorded = await start({ destinations: [s3] });
  const both = await start({ destinations: [forChannel, s3], stageArn: other.arn });
  const list = async (filter: object): Promise<string[]> => {
    const { compositions } = await call('ListCompositions', filter);
    return compositions.map(({ arn }: Body) => arn);
  };
  const [byStage, byEncoder] = ['filterByStageArn', 'filterByEncoderConfigurationArn'];
  assert.deepEqual(await list({ [byStage]: stageArn }), [recorded.arn, plain.arn]);
  assert.deepEqual(await list({ [byEncoder]: encoderArn }), [both.arn, recorded.arn]);
  assert.deepEqual(await list({ [byEncoder]: wide.arn }), [both.arn]);
  assert.deepEqual(await list({ [byStage]: stageArn, [byEncoder]: encoderArn }), [recorded.arn]);
  assert.deepEqual(await list({ [byStage]: stageArn, [byEncoder]: wide.arn }), []);
  assert.deepEqual(await list({ [byStage]: unknown('stage') }), []);
  assert.deepEqual(await list({ [byEncoder]: unknown('encoder-configuration') }), []);
  assert.deepEqual(await list({ [byStage]: stageArn.replace('us-west-2', 'eu-west-1') }), []);
  await assert.rejects(list({ [byStage]: 'stage' }), invalid);

  await call('DeleteStage', { arn: stageArn });
  assert.deepEqual(await list({ [byStage]: stageArn }), [recorded.arn, plain.arn], 'also once the stage is gone');
});

test('ListCompositions pages within its filters while compositions come and go', async (t) => {
  const { start, call, get, live, stage, stageArn, clock } = await openShow(t);
  const { stage: other } = await call('CreateStage');
  live.publish(stage, 'p-1');
  const made: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    made.push((await start()).arn);
    await start({ stageArn: other.arn });
  }
  const request = { filterByStageArn: stageArn, maxResults: 2 };
  const first = await call('ListCompositions', request);
  assert.deepEqual(
    first.compositions.map(({ arn }: Body) => arn),
    [made[3], made[2]],
  );
  await call('StopComposition', { arn: made[1] });
  await get(made[1] ?? '');
  clock.advance(5 * minute);
  await start();
  const { nextToken } = first;
  const rest = await call('ListCompositions', { ...request, nextToken });
  assert.deepEqual(
    rest.compositions.map(({ arn }: Body) => arn),
    [made[0]],
  );
  assert.equal('nextToken' in rest, false);
  await assert.rejects(call('ListCompositions', { nextToken }), invalid);
  await assert.rejects(call('ListCompositions', { nextToken, filterByStageArn: other.arn }), invalid);
});

test('a page has 100 compositions when nothing is said', async (t) => {
  const { start, call } = await openShow(t, { compositions: 200, compositionsPerStage: 200 });
  await Promise.all(Array.from({ length: 102 }, () => start()));
  const page = await call('ListCompositions');
  assert.equal(page.compositions.length, 100);
  const { nextToken } = page;
  const rest = await call('ListCompositions', { nextToken });
  assert.equal(rest.compositions.length, 2);
  assert.equal('nextToken' in rest, false);
});

test('compositions of another account or region are not there', async (t) => {
  const { start, call } = await openShow(t);
  const { arn } = await start();
  for (const caller of elsewhere) {
    await assert.rejects(call('GetComposition', { arn }, caller), notFound);
    await assert.rejects(call('StopComposition', { arn }, caller), notFound);
    await assert.rejects(call('ListTagsForResource', { resourceArn: arn }, caller), {
      name: 'ResourceNotFoundException',
    });
    assert.deepEqual(await call('ListCompositions', {}, caller), { compositions: [] });
  }
  await assert.rejects(call('GetComposition', { arn: unknown('composition') }), notFound);
  await assert.rejects(call('StopComposition', { arn: unknown('composition') }), notFound);
  assert.equal((await call('GetComposition', { arn }, scope)).composition.state, 'STARTING');
});

test('what a composition names can be deleted once it has ended', async (t) => {
  const { start, call, get, channel, s3, encoderArn, storageArn } = await openShow(t);
  const { arn } = await start({ destinations: [channel, s3] });
  await assert.rejects(call('DeleteEncoderConfiguration', { arn: encoderArn }), conflict);
  await assert.rejects(call('DeleteStorageConfiguration', { arn: storageArn }), conflict);
  await call('StopComposition', { arn });
  await get(arn);
  await call('DeleteEncoderConfiguration', { arn: encoderArn });
  await call('DeleteStorageConfiguration', { arn: storageArn });
  assert.equal((await get(arn)).destinations[1].configuration.s3.storageConfigurationArn, storageArn);
});
