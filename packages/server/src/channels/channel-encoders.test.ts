import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Body, openControlPlane, scope } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { keysIn, textOf } from '../objects/local-folder.fixture.ts';
import { resetStore } from '../testing/reset.ts';
import { until } from '../until.fixture.ts';
import { ChannelEncoders } from './channel-encoders.ts';
import { Channels } from './channels.ts';
import { HandChannelEncoder } from './hand-channel-encoder.fixture.ts';

/** Channels, and encoders that are driven by hand. */
async function openEncoders(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-channel-encoders-'));
  let encoders: ChannelEncoders | undefined;
  t.after(() => encoders?.close());
  t.after(() => rm(folder, { recursive: true, force: true }));
  const plane = await openControlPlane(t);
  const { call, store, streams, objects, clock, channelEncoders, events } = plane;
  const channels = new Channels();
  const output = { objects, bucketName: 'channels', folder, clock, logger: silentLogger };
  const service = new ChannelEncoders({ store, channels, streams, own: scope, output, logger: silentLogger });
  encoders = service;
  channelEncoders.look = (arn) => service.stop(arn);

  return {
    ...plane,
    channels,
    encoders: service,
    folder,
    async createChannel(input: object = {}): Promise<{ arn: string; key: string; id: string }> {
      const { channel, streamKey } = await call('CreateChannel', input);
      return { arn: channel.arn, key: streamKey.value, id: channel.arn.split('/')[1] };
    },
    async publish(key: string): Promise<HandChannelEncoder> {
      const encoder = new HandChannelEncoder(key);
      assert.equal(await service.admit(encoder), undefined);
      return encoder;
    },
    /** Has its first segment come, and be seen. */
    async goLive(encoder: HandChannelEncoder, arn: string): Promise<Body> {
      for (const name of ['init-0.mp4', '0.mp4', 'playlist.m3u8']) await encoder.write(name);
      await encoder.write('multivariant.m3u8', { inRendition: false });
      return until(
        () =>
          call('GetStream', { channelArn: arn }).then(
            ({ stream }) => stream,
            () => undefined,
          ),
        (stream) => stream !== undefined,
      );
    },
    async refused(key: string, protocol?: 'RTMP'): Promise<string> {
      const refusal = await service.admit(new HandChannelEncoder(key, protocol));
      assert.ok(refusal && (key === '' || !refusal.description.includes(key)));
      return `${refusal.code.replace('NetStream.Publish.', '')}: ${refusal.description}`;
    },
    told: () => events.map(({ detail }) => detail.event_name),
  };
}

test('an encoder’s stream is put where players look for it, and ends with the encoder', async (t) => {
  const { createChannel, publish, goLive, encoders, buckets, call, told, clock, folder } = await openEncoders(t);
  const { arn, key, id } = await createChannel();
  const encoder = await publish(key);
  assert.equal(encoders.count('RTMPS'), 1);
  assert.ok(encoder.channel);
  const { folder: _, rendition, ...options } = encoder.channel;
  assert.match(rendition, /^source-[A-Za-z0-9]{12}$/);
  assert.deepEqual(options, { targetSegmentDurationSeconds: 2, windowSegments: 6 });
  const stream = await goLive(encoder, arn);
  assert.match(stream.streamId, /^st-[A-Za-z0-9]{23}$/);
  const below = (name: string) => `channels/${id}/${rendition}/${name}`;
  const expected = [`channels/${id}/multivariant.m3u8`, below('0.mp4'), below('init-0.mp4'), below('playlist.m3u8')];
  await until(
    () => keysIn(buckets, 'channels'),
    (keys) => keys.length === 4,
  );
  assert.deepEqual(await keysIn(buckets, 'channels'), expected);

  encoder.end('hangup');
  await until(
    () => call('ListStreams'),
    ({ streams }) => streams.length === 0,
  );
  assert.equal(encoders.count('RTMPS'), 0);
  const playlist = await textOf(buckets, { bucket: 'channels', key: below('playlist.m3u8') });
  assert.equal(playlist, 'playlist.m3u8\n#EXT-X-ENDLIST\n');
  assert.deepEqual(told(), ['Session Created', 'Stream Start', 'Stream End', 'Session Ended']);
  clock.advance(60_000);
  await until(
    () => readdir(folder),
    (left) => left.length === 0,
  );
  assert.deepEqual(await keysIn(buckets, 'channels'), []);
});

test('an encoder needs a good key, and RTMPS unless the channel is open to RTMP', async (t) => {
  const { createChannel, refused, call, encoders } = await openEncoders(t);
  const { arn, key } = await createChannel();
  for (const bad of ['', 'sk_', `${key}x`, key.slice(0, -1), key.replace('us-west-2', 'eu-west-1'), 'x'.repeat(300)]) {
    assert.equal(await refused(bad), 'BadName: The stream key is not known');
  }
  assert.equal(await refused(key, 'RTMP'), 'Denied: The stream key is good over RTMPS alone');
  await call('UpdateChannel', { arn, insecureIngest: true });
  const encoder = new HandChannelEncoder(key, 'RTMP');
  assert.equal(await encoders.admit(encoder), undefined);
  encoder.end('hangup');
  await encoders.stop(arn);
  const { streamKeys } = await call('ListStreamKeys', { channelArn: arn });
  await call('DeleteStreamKey', { arn: streamKeys[0].arn });
  assert.equal(await refused(key), 'BadName: The stream key is not known');
});

test('a channel takes one encoder at a time; one that was lost makes room for the next', async (t) => {
  const { createChannel, publish, refused, goLive, call, told } = await openEncoders(t);
  const { arn, key } = await createChannel();
  const first = await publish(key);
  const { streamId } = await goLive(first, arn);
  assert.equal(await refused(key), 'BadName: The channel is live already');
  assert.ok(!first.ended);
  first.beSilent(3_000);
  const second = await publish(key);
  assert.ok(first.ended);
  assert.notEqual((await goLive(second, arn)).streamId, streamId);
  assert.deepEqual(told(), [
    'Session Created',
    'Stream Start',
    'Starvation Start',
    'Stream End',
    'Session Ended',
    'Session Created',
    'Stream Start',
  ]);
  await call('StopStream', { channelArn: arn });
  assert.equal(second.told, 'The stream was stopped');
  assert.deepEqual(await call('ListStreams'), { streams: [] });
  await call('DeleteChannel', { arn });
});

test('an encoder that waited for the end of another one is let in only if its key is still good then', async (t) => {
  const { createChannel, publish, goLive, encoders, objects, call } = await openEncoders(t);
  const { arn, key } = await createChannel();
  const first = await publish(key);
  await goLive(first, arn);
  const gate = Promise.withResolvers<void>();
  objects.gate = gate.promise; // the end of its playlist is not out before
  first.beSilent(3_000);
  const gone = once(first, 'ended');
  const waiting = encoders.admit(new HandChannelEncoder(key));
  await gone;
  const { streamKeys } = await call('ListStreamKeys', { channelArn: arn });
  await call('DeleteStreamKey', { arn: streamKeys[0].arn });
  gate.resolve();
  assert.equal((await waiting)?.description, 'The stream key is not known');
  assert.deepEqual(await call('ListStreams'), { streams: [] });
});

test('a channel that a composition goes to takes no encoder', async (t) => {
  const { createChannel, publish, refused, channels, call } = await openEncoders(t);
  const { arn, key } = await createChannel();
  channels.take(arn, 'composition1');
  assert.equal(await refused(key), 'BadName: The channel is live already');
  channels.leave('composition1');
  const encoder = await publish(key);
  assert.equal(channels.take(arn, 'composition1'), false);
  encoder.end('lost');
  await until(
    () => channels.take(arn, 'composition1'),
    (taken) => taken,
  );
  await call('DeleteChannel', { arn });
});

test('an encoder whose stream cannot be put anywhere is cut off', async (t) => {
  const { createChannel, publish, goLive, encoders, objects, refused, call } = await openEncoders(t);
  const { arn, key } = await createChannel();
  const encoder = await publish(key);
  await goLive(encoder, arn);
  encoder.emit('failed', 'DISK_FULL', 'There is no room');
  assert.ok(encoder.ended);
  assert.equal(encoder.told, 'The stream cannot be taken any more');
  await encoders.stop(arn);
  assert.deepEqual(await call('ListStreams'), { streams: [] });
  objects.mood = 'lacks';
  assert.equal(await refused(key), 'Rejected: The stream cannot be taken at the moment');
  objects.mood = 'well';
  const next = await publish(key);
  next.end('hangup');
});

test('an encoder that goes before it is let in leaves nothing behind', async (t) => {
  const { createChannel, publish, encoders, call, told } = await openEncoders(t);
  const { arn, key } = await createChannel();
  const gone = new HandChannelEncoder(key);
  const admitted = encoders.admit(gone);
  gone.end('lost');
  assert.equal((await admitted)?.description, 'The encoder is gone');
  const next = await publish(key);
  await call('StopStream', { channelArn: arn });
  assert.ok(next.ended);
  assert.deepEqual(told(), ['Session Created', 'Session Ended', 'Session Created', 'Session Ended']);
});

test('a reset of all data cuts encoders off, and ends what goes to channels before that is forgotten', async (t) => {
  const { createChannel, publish, goLive, refused, encoders, channels, streams, store, call, told } =
    await openEncoders(t);
  const deleteStage = async () => assert.fail('there is no stage');
  const [watched, begun, composed] = [await createChannel(), await createChannel(), await createChannel()];
  const first = await publish(watched.key);
  await goLive(first, watched.arn);
  const second = await publish(begun.key);
  const composition = streams.create(composed.arn, 'COMPOSITION');
  await composition.begin();
  await resetStore({ store, encoders, deleteStage });
  assert.deepEqual([first.told, second.told], ['The stream was stopped', 'The stream was stopped']);
  assert.deepEqual([encoders.count('RTMPS'), channels.isTaken(watched.arn)], [0, false]);
  const before = told();
  assert.deepEqual(before.sort(), [
    ...['Session Created', 'Session Created', 'Session Created'],
    ...['Session Ended', 'Session Ended', 'Stream End', 'Stream Start'],
  ]);
  assert.equal(await refused(watched.key), 'BadName: The stream key is not known');

  composition.follow({ state: 'ACTIVE' });
  await composition.end();
  assert.deepEqual(told().sort(), before, 'what ends later was forgotten');
  const { arn, key } = await createChannel();
  await goLive(await publish(key), arn);
  assert.equal((await call('ListStreams')).streams.length, 1);
});

test('an encoder that comes while a composition goes there is refused at once, and takes nothing of its place', async (t) => {
  const { createChannel, encoders, channels, streams } = await openEncoders(t);
  const { arn, key } = await createChannel();
  const live = streams.create(arn, 'COMPOSITION');
  assert.ok(channels.take(arn, live.id));
  assert.equal(await live.begin(), 'BEGUN');
  const refused = await encoders.admit(new HandChannelEncoder(key));
  assert.equal(refused?.description, 'The channel is live already');
  channels.leave(live.id);
  await streams.close();
  assert.equal(live.over.aborted, true, 'it is still known, and ended with the others');
});
