import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere, openControlPlane } from '../control-plane.fixture.ts';

const notFound = { name: 'ResourceNotFoundException', message: 'Encoder configuration not found' };
const unknown = 'arn:aws:ivs:us-west-2:123456789012:encoder-configuration/nowhere';
const defaultVideo = { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 };

test('an encoder configuration is made, read, listed without its video newest first, and deleted', async (t) => {
  const { call } = await openControlPlane(t);
  const { encoderConfiguration: first } = await call('CreateEncoderConfiguration');
  const { arn, ...rest } = first;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:encoder-configuration\/[a-zA-Z0-9]{12}$/);
  assert.deepEqual(rest, { name: '', video: defaultVideo, tags: {} });
  const video = { width: 1920, height: 1080, framerate: 29.97, bitrate: 8_500_000 };
  const { encoderConfiguration: second } = await call('CreateEncoderConfiguration', {
    name: 'full-hd',
    video,
    tags: { team: 'red' },
  });
  assert.deepEqual(second, { arn: second.arn, name: 'full-hd', video, tags: { team: 'red' } });
  assert.deepEqual(await call('GetEncoderConfiguration', { arn }), { encoderConfiguration: first });
  assert.deepEqual(await call('GetEncoderConfiguration', { arn: second.arn }), { encoderConfiguration: second });
  assert.deepEqual(await call('ListEncoderConfigurations'), {
    encoderConfigurations: [
      { arn: second.arn, name: 'full-hd', tags: { team: 'red' } },
      { arn, name: '', tags: {} },
    ],
  });

  assert.deepEqual((await call('DeleteEncoderConfiguration', { arn })) ?? {}, {});
  await assert.rejects(call('DeleteEncoderConfiguration', { arn }), notFound);
  await assert.rejects(call('GetEncoderConfiguration', { arn }), notFound);
  const { encoderConfigurations } = await call('ListEncoderConfigurations');
  assert.deepEqual(
    encoderConfigurations.map((summary: { arn: string }) => summary.arn),
    [second.arn],
  );
});

test('two encoder configurations may have one name', async (t) => {
  const { call } = await openControlPlane(t);
  const made = [];
  for (const name of ['show', 'show']) made.push(await call('CreateEncoderConfiguration', { name }));
  assert.notEqual(made[0].encoderConfiguration.arn, made[1].encoderConfiguration.arn);
});

test('encoder configurations are paged while others come and go', async (t) => {
  const { call } = await openControlPlane(t);
  const arns: Record<string, string> = {};
  const create = async (name: string) => {
    const { encoderConfiguration } = await call('CreateEncoderConfiguration', { name });
    arns[name] = encoderConfiguration.arn;
  };
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  const first = await call('ListEncoderConfigurations', { maxResults: 2 });
  await create('f');
  for (const name of ['d', 'b']) await call('DeleteEncoderConfiguration', { arn: arns[name] });
  const second = await call('ListEncoderConfigurations', { maxResults: 2, nextToken: first.nextToken });
  const names = [first, second].map((page) => page.encoderConfigurations.map(({ name }: { name: string }) => name));
  assert.deepEqual(names, [
    ['e', 'd'],
    ['c', 'a'],
  ]);
  assert.equal('nextToken' in second, false);
  await assert.rejects(call('ListStorageConfigurations', { nextToken: first.nextToken }), {
    name: 'ValidationException',
  });
});

test('an encoder configuration is checked when it is made', async (t) => {
  const { call } = await openControlPlane(t);
  const wrong = [
    { name: 'a b' },
    { name: 'x'.repeat(129) },
    { tags: { 'aws:x': '1' } },
    { video: { width: 0 } },
    { video: { width: 1922 } },
    { video: { height: 721 } },
    { video: { width: 1920, height: 1920 } },
    { video: { framerate: 0.5 } },
    { video: { framerate: 60.1 } },
    { video: { bitrate: 0 } },
    { video: { bitrate: 8_500_001 } },
  ];
  for (const input of wrong) {
    await assert.rejects(call('CreateEncoderConfiguration', input), { name: 'ValidationException' });
  }
  await assert.rejects(call('CreateEncoderConfiguration', { video: { bitrate: 2.5 } }), {
    name: 'SerializationException',
  });
  assert.deepEqual(await call('ListEncoderConfigurations'), { encoderConfigurations: [] });
});

test('there can be as many encoder configurations as the quota says', async (t) => {
  const { call } = await openControlPlane(t, { encoderConfigurations: 2 });
  const made = [];
  for (let count = 0; count < 2; count += 1) made.push(await call('CreateEncoderConfiguration'));
  await assert.rejects(call('CreateEncoderConfiguration'), {
    name: 'ServiceQuotaExceededException',
    status: 402,
    message: 'There can be at most 2 encoder configurations',
  });
  for (const other of elsewhere) await call('CreateEncoderConfiguration', {}, other);
  await call('DeleteEncoderConfiguration', { arn: made[0].encoderConfiguration.arn });
  await call('CreateEncoderConfiguration');
});

test('encoder configurations of another account or region are not there', async (t) => {
  const { call } = await openControlPlane(t);
  const { encoderConfiguration } = await call('CreateEncoderConfiguration');
  const { arn } = encoderConfiguration;
  for (const other of elsewhere) {
    await assert.rejects(call('GetEncoderConfiguration', { arn }, other), notFound);
    await assert.rejects(call('DeleteEncoderConfiguration', { arn }, other), notFound);
    assert.deepEqual(await call('ListEncoderConfigurations', {}, other), { encoderConfigurations: [] });
  }
  await assert.rejects(call('GetEncoderConfiguration', { arn: unknown }), notFound);
  await call('GetEncoderConfiguration', { arn });
});
