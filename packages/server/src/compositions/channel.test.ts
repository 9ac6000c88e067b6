import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Channels } from '../channels/channels.ts';
import { openControlPlane } from '../control-plane.fixture.ts';
import { textOf } from '../objects/local-folder.fixture.ts';
import { until } from '../until.fixture.ts';
import { type ComposedShow, openComposedShow } from './composed-show.fixture.ts';
import { channelArn } from './show.fixture.ts';

const second = 1_000;
const streamKey = 'sk_a-very-secret-key';

/** A composition to a channel whose composer has begun. */
async function broadcast(show: ComposedShow) {
  show.publish('p-1');
  const { arn, destinations } = await show.start();
  const composed = show.compositors.composition;
  return { arn, id: String(destinations[0].id), composed };
}

/** Has the composer write segments, and give those up that leave the window of six. */
async function writeSegments({ composed, id }: Awaited<ReturnType<typeof broadcast>>, first: number, count: number) {
  const folder = `media/hls/${composed.hls(id).rendition}`;
  for (let number = first; number < first + count; number += 1) {
    await composed.write(id, `${folder}/${number}.mp4`, { final: true });
    await composed.write(id, `${folder}/playlist.m3u8`, { final: false }, `up to ${number}`);
    if (number >= 6) composed.emit('gone', id, `${folder}/${number - 6}.mp4`);
  }
}

test('a built-in channel is HLS in a bucket of its own, which its newest segments alone are in', async (t) => {
  const show = await openComposedShow(t);
  const live = await broadcast(show);
  const { arn, id, composed } = live;
  const { folder, rendition, ...settings } = composed.hls(id);
  assert.match(rendition, /^720p30-[A-Za-z0-9]{12}$/);
  assert.deepEqual(settings, { type: 'hls', targetSegmentDurationSeconds: 2, windowSegments: 6 });
  await composed.write(id, `media/hls/${rendition}/init-0.mp4`, { final: true });
  await composed.write(id, 'media/hls/multivariant.m3u8', { final: false });
  composed.emit('report', id, { state: 'ACTIVE' });
  await show.compositions.settled();
  assert.deepEqual(show.told(), [], 'nobody can see it yet');
  await writeSegments(live, 0, 1);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  for (let number = 1; number <= 20; number += 1) {
    await writeSegments(live, number, 1);
    await until(
      () => show.objects.puts.at(-1),
      () => show.objects.puts.filter((key) => key.endsWith('/playlist.m3u8')).length === number + 1,
    );
  }

  const below = `channels/abcdefABCDEF/${rendition}`;
  const segments = Array.from({ length: 13 }, (_, number) => `${below}/${number + 8}.mp4`);
  const expected = ['channels/abcdefABCDEF/multivariant.m3u8', `${below}/init-0.mp4`, `${below}/playlist.m3u8`];
  const keys = await until(
    () => show.keys('channels'),
    (found) => found.length === 16 && found.includes(`${below}/20.mp4`),
  );
  // Six of the playlist, and seven for whoever has an older one.
  assert.deepEqual(keys, [...expected, ...segments].sort());

  await show.stop(arn);
  await show.untilStates(arn, 'STOPPED STOPPED');
  assert.equal((await show.keys('channels')).length, 16, 'those who watch are a little behind');
  const last = await textOf(show.buckets, { bucket: 'channels', key: `${below}/playlist.m3u8` });
  assert.equal(last, 'up to 20#EXT-X-ENDLIST\n', 'and come to its end');
  show.clock.advance(60 * second);
  await until(
    () => show.keys('channels'),
    (found) => found.length === 0,
  );
  await until(
    () => existsSync(folder),
    (isThere) => !isThere,
  );
});

test('a channel takes one composition at a time', async (t) => {
  const show = await openComposedShow(t);
  const { arn: first } = await broadcast(show);
  const { arn, destinations } = await show.start({ destinations: [show.channel, show.s3] });
  await show.untilStates(arn, 'STARTING FAILED STARTING');
  const [failure] = show.events.filter(({ detail }) => detail.event_name === 'Destination Failure');
  const { id, error_code, reason } = failure?.detail ?? {};
  assert.deepEqual([id, error_code, reason], [destinations[0].id, 'ConflictException', 'Stream already exists']);
  await show.stop(first);
  await show.untilStates(first, 'STOPPED STOPPED');

  const { destinations: next } = await show.start();
  assert.equal(show.compositors.composition.options.destinations[0]?.id, next[0].id);
});

test('the end of a stream does not touch the next one of its channel', async (t) => {
  const show = await openComposedShow(t);
  const live = await broadcast(show);
  await live.composed.write(live.id, 'media/hls/multivariant.m3u8', { final: false }, 'first');
  live.composed.emit('report', live.id, { state: 'ACTIVE' });
  await writeSegments(live, 0, 1);
  await show.untilStates(live.arn, 'ACTIVE ACTIVE');
  const { rendition } = live.composed.hls(live.id);
  await show.stop(live.arn);
  await show.untilStates(live.arn, 'STOPPED STOPPED');

  const { destinations } = await show.start();
  const next = { ...live, id: String(destinations[0].id), composed: show.compositors.composition };
  await next.composed.write(next.id, 'media/hls/multivariant.m3u8', { final: false }, 'next');
  await writeSegments(next, 0, 1);
  show.clock.advance(60 * second);
  const keys = await until(
    () => show.keys('channels'),
    (found) => !found.some((key) => key.includes(rendition)),
  );
  assert.ok(keys.includes('channels/abcdefABCDEF/multivariant.m3u8'));
});

test('a stream whose store is away reconnects, and is over after a minute', async (t) => {
  const show = await openComposedShow(t);
  const live = await broadcast(show);
  live.composed.emit('report', live.id, { state: 'ACTIVE' });
  await writeSegments(live, 0, 1);
  await show.untilStates(live.arn, 'ACTIVE ACTIVE');
  const { alarms } = show.clock;
  const nextAttempt = async (delayMs: number) => {
    await until(
      () => show.clock.alarms,
      (count) => count > alarms,
    );
    show.clock.advance(delayMs);
  };
  show.objects.mood = 'away';
  await writeSegments(live, 1, 1);
  await nextAttempt(500);
  await show.untilStates(live.arn, 'ACTIVE RECONNECTING');
  show.objects.mood = 'well';
  await nextAttempt(second);
  await show.untilStates(live.arn, 'ACTIVE ACTIVE');
  assert.ok(show.objects.puts.some((key) => key.endsWith('/1.mp4')));
  show.objects.mood = 'away';
  await writeSegments(live, 2, 1);
  const pass = () => {
    show.clock.advance(second);
    return show.told();
  };
  await until(pass, (told) => told.includes(`Destination Failure ${live.id} InternalServerException`));
});

test('what a killed server has left of a stream is removed by the next one unless it goes on', async (t) => {
  const show = await openComposedShow(t);
  const live = await broadcast(show);
  live.composed.emit('report', live.id, { state: 'ACTIVE' });
  await writeSegments(live, 0, 2);
  await show.untilStates(live.arn, 'ACTIVE ACTIVE');
  const { folder } = live.composed.hls(live.id);
  await show.restart();
  assert.ok(existsSync(folder), 'it may go on');
  show.clock.advance(60 * second);
  await show.untilStates(live.arn, 'STOPPED STOPPED');
  await until(
    async () => [await show.keys('channels'), existsSync(folder)] as const,
    ([keys, isThere]) => keys.length === 0 && !isThere,
  );
});

test('a pushed channel stands as its server says, and nobody learns its key', async (t) => {
  const rtmp = { type: 'rtmp', url: 'rtmps://live.example.com/app', streamKey } as const;
  const show = await openComposedShow(t, new Channels(new Map([[channelArn, rtmp]])));
  const { arn, id, composed } = await broadcast(show);
  assert.deepEqual(composed.options.destinations[0]?.output, rtmp);
  composed.emit('report', id, { state: 'ACTIVE' });
  composed.emit('report', id, { state: 'RECONNECTING' });
  await show.untilStates(arn, 'ACTIVE RECONNECTING');
  composed.emit('report', id, { state: 'FAILED', code: 'UNREACHABLE', message: `no answer to ${streamKey}` });
  await show.untilStates(arn, 'FAILED FAILED');
  assert.ok(!JSON.stringify(show.events).includes(streamKey));
  assert.ok(show.log.some((line) => line.includes('no answer to (stream key)')));
  assert.ok(!show.log.some((line) => line.includes(streamKey)));
});

test('a pushed channel on which somebody else is live fails with a conflict', async (t) => {
  const rtmp = { type: 'rtmp', url: 'rtmp://live.example.com/app', streamKey } as const;
  const show = await openComposedShow(t, new Channels(new Map([[channelArn, rtmp]])));
  const { arn, id, composed } = await broadcast(show);
  composed.emit('report', id, { state: 'FAILED', code: 'BUSY', message: 'NetStream.Publish.BadName' });
  await show.untilStates(arn, 'FAILED FAILED');
  assert.deepEqual(show.told(), [`Destination Failure ${id} ConflictException`, 'Session Failure DestinationFailure']);
});

test('a channel that is not configured is not found once there are some that are', async (t) => {
  const plane = await openControlPlane(t, {}, undefined, new Channels(new Map([[channelArn, { type: 'builtIn' }]])));
  const { stage } = await plane.call('CreateStage');
  const start = (arn: string) =>
    plane.call('StartComposition', { stageArn: stage.arn, destinations: [{ channel: { channelArn: arn } }] });
  await assert.rejects(start(`${channelArn}2`), { name: 'ResourceNotFoundException', message: 'Channel not found' });
  assert.equal((await start(channelArn)).composition.state, 'STARTING');
  const { channel } = await plane.call('CreateChannel');
  assert.equal((await start(channel.arn)).composition.state, 'STARTING');
});

test('a channel that was made is there whatever is listed, and tells of its stream', async (t) => {
  const show = await openComposedShow(t, new Channels(new Map()));
  const { channel } = await show.call('CreateChannel', { name: 'friday' });
  show.publish('p-1');
  const { arn, destinations } = await show.start({ destinations: [{ channel: { channelArn: channel.arn } }] });
  const live = { arn, id: String(destinations[0].id), composed: show.compositors.composition };
  live.composed.emit('report', live.id, { state: 'ACTIVE' });
  await writeSegments(live, 0, 1);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  const { stream } = await until(
    () => show.call('GetStream', { channelArn: channel.arn }).catch(() => ({})),
    (answer) => answer.stream !== undefined,
  );
  assert.deepEqual([stream.state, stream.health], ['LIVE', 'HEALTHY']);
  await assert.rejects(show.call('StopStream', { channelArn: channel.arn }), { name: 'StreamUnavailable' });
  await assert.rejects(show.call('DeleteChannel', { arn: channel.arn }), { name: 'ConflictException' });
  live.composed.emit('report', live.id, { state: 'RECONNECTING' });
  live.composed.emit('report', live.id, { state: 'ACTIVE' });
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPED STOPPED');
  await until(
    () => show.call('ListStreams'),
    ({ streams }) => streams.length === 0,
  );
  const told = show.events.filter(({ resourceArn }) => resourceArn === channel.arn);
  assert.deepEqual(
    told.map(({ detail }) => detail.event_name),
    ['Session Created', 'Stream Start', 'Starvation Start', 'Starvation End', 'Stream End', 'Session Ended'],
  );
  assert.ok(told.every(({ detail }) => detail.channel_name === 'friday' && detail.stream_id === stream.streamId));
  await show.call('DeleteChannel', { arn: channel.arn });
});
