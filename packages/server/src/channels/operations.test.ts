import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, type ControlPlane, elsewhere, openControlPlane } from '../control-plane.fixture.ts';

const errorOf = (call: Promise<Body>): Promise<string> =>
  call.then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );

async function createChannel({ call }: ControlPlane, input: object = {}): Promise<{ channel: Body; streamKey: Body }> {
  return call('CreateChannel', input);
}

test('a new channel has a stream key, and addresses for encoders and players', async (t) => {
  const plane = await openControlPlane(t);
  const { channel, streamKey } = await createChannel(plane, { name: 'show', tags: { team: 'red' } });
  const { arn, ...rest } = channel;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:channel\/[A-Za-z0-9]{12}$/);
  const id = arn.split('/')[1];
  assert.deepEqual(rest, {
    name: 'show',
    latencyMode: 'LOW',
    type: 'STANDARD',
    authorized: false,
    recordingConfigurationArn: '',
    ingestEndpoint: '127.0.0.1:1936',
    playbackUrl: `http://127.0.0.1:8080/channels/${id}/multivariant.m3u8`,
    tags: { team: 'red' },
    insecureIngest: false,
    playbackRestrictionPolicyArn: '',
    multitrackInputConfiguration: { enabled: false },
    containerFormat: 'FRAGMENTED_MP4',
    adConfigurationArn: '',
  });
  assert.match(streamKey.value, new RegExp(`^sk_us-west-2_${id}_[A-Za-z0-9]{32}$`));
  assert.match(streamKey.arn, /:stream-key\/[A-Za-z0-9]{12}$/);
  assert.deepEqual([streamKey.channelArn, streamKey.tags], [arn, { team: 'red' }]);
  assert.deepEqual(await plane.call('GetChannel', { arn }), { channel });
});

const settings: [input: object, shown: object | RegExp][] = [
  [{ latencyMode: 'NORMAL' }, { latencyMode: 'NORMAL' }],
  [
    { type: 'BASIC', insecureIngest: true },
    { type: 'BASIC', insecureIngest: true, preset: undefined },
  ],
  [{ type: 'ADVANCED_HD' }, { type: 'ADVANCED_HD', preset: 'HIGHER_BANDWIDTH_DELIVERY' }],
  [
    { type: 'ADVANCED_SD', preset: 'CONSTRAINED_BANDWIDTH_DELIVERY' },
    { type: 'ADVANCED_SD', preset: 'CONSTRAINED_BANDWIDTH_DELIVERY' },
  ],
  [{ containerFormat: 'TS' }, { containerFormat: 'FRAGMENTED_MP4' }],
  [
    { authorized: false, recordingConfigurationArn: '' },
    { authorized: false, recordingConfigurationArn: '' },
  ],
  [
    { multitrackInputConfiguration: { enabled: false, policy: 'ALLOW' } },
    { multitrackInputConfiguration: { enabled: false, policy: 'ALLOW' } },
  ],
  [{ authorized: true }, /^ValidationException: authorized: /],
  [{ preset: 'HIGHER_BANDWIDTH_DELIVERY' }, /^ValidationException: preset: a channel of the type STANDARD has none$/],
  [{ multitrackInputConfiguration: { enabled: true } }, /^ValidationException: multitrackInputConfiguration: /],
  [arnOf('recording-configuration'), /^ValidationException: recordingConfigurationArn: /],
  [arnOf('playback-restriction-policy'), /^ValidationException: playbackRestrictionPolicyArn: /],
  [arnOf('ad-configuration'), /^ValidationException: adConfigurationArn: /],
  [{ type: 'FANCY' }, /^ValidationException: .*Member must satisfy enum value set: \[BASIC, STANDARD/],
  [{ name: 'two words' }, /^ValidationException: .*'name'/],
];

function arnOf(type: string): object {
  const member = `${type.replace(/-(.)/g, (_, letter) => letter.toUpperCase())}Arn`;
  return { [member]: `arn:aws:ivs:us-west-2:123456789012:${type}/abcdefABCDEF` };
}

test('a channel is made, and changed, with what channels have here, and with nothing else', async (t) => {
  const plane = await openControlPlane(t);
  for (const [input, expected] of settings) {
    const { channel } = await createChannel(plane);
    for (const call of [
      plane.call('CreateChannel', input),
      plane.call('UpdateChannel', { arn: channel.arn, ...input }),
    ]) {
      if (expected instanceof RegExp) {
        assert.match(await errorOf(call), expected);
        continue;
      }
      const shown = (await call).channel;
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(shown[name], value, name);
    }
  }
});

test('what is not said of a channel stays as it was', async (t) => {
  const plane = await openControlPlane(t);
  const { channel } = await createChannel(plane, { name: 'one', type: 'ADVANCED_SD', insecureIngest: true });
  const { channel: renamed } = await plane.call('UpdateChannel', { arn: channel.arn, name: 'two' });
  assert.deepEqual(renamed, { ...channel, name: 'two' });
  const { channel: basic } = await plane.call('UpdateChannel', { arn: channel.arn, type: 'BASIC' });
  const { preset: _, ...rest } = renamed;
  assert.deepEqual(basic, { ...rest, type: 'BASIC' });
});

test('channels are listed newest first, by pages and by name', async (t) => {
  const plane = await openControlPlane(t);
  const arns = [];
  for (const name of ['a', 'b', 'a']) arns.unshift((await createChannel(plane, { name })).channel.arn);
  const listed = async (input: object) =>
    (await plane.call('ListChannels', input)).channels.map(({ arn }: Body) => arn);
  assert.deepEqual(await listed({}), arns);
  assert.deepEqual(await listed({ filterByName: 'a' }), [arns[0], arns[2]]);
  assert.deepEqual(await listed(filter('Recording', 'recording-configuration')), []);
  assert.deepEqual(await listed({ filterByRecordingConfigurationArn: '' }), arns);
  const both = { filterByName: 'a', filterByRecordingConfigurationArn: '' };
  assert.match(await errorOf(plane.call('ListChannels', both)), /Only one filter/);
  const first = await plane.call('ListChannels', { maxResults: 2 });
  assert.deepEqual(await listed({ maxResults: 2, nextToken: first.nextToken }), [arns[2]]);
  for (const scope of elsewhere) assert.deepEqual(await plane.call('ListChannels', {}, scope), { channels: [] });
});

function filter(kind: string, type: string): object {
  return { [`filterBy${kind}ConfigurationArn`]: `arn:aws:ivs:us-west-2:123456789012:${type}/abcdefABCDEF` };
}

test('several at once are told of once each, and what is missing beside them', async (t) => {
  const plane = await openControlPlane(t);
  const { channel, streamKey } = await createChannel(plane);
  const missing = 'arn:aws:ivs:us-west-2:123456789012:channel/nothingThere';
  assert.deepEqual(await plane.call('BatchGetChannel', { arns: [channel.arn, missing, channel.arn] }), {
    channels: [channel],
    errors: [{ arn: missing, code: 'ResourceNotFoundException', message: 'Channel not found' }],
  });
  const arns = [streamKey.arn, missing.replace('channel/', 'stream-key/')];
  const { streamKeys, errors } = await plane.call('BatchGetStreamKey', { arns });
  assert.deepEqual([streamKeys, errors[0].message], [[streamKey], 'Stream key not found']);
});

test('a channel has one stream key, which can be replaced', async (t) => {
  const plane = await openControlPlane(t);
  const { channel, streamKey } = await createChannel(plane);
  const channelArn = channel.arn;
  assert.deepEqual(await plane.call('GetStreamKey', { arn: streamKey.arn }), { streamKey });
  const { value: _, ...summary } = streamKey;
  assert.deepEqual(await plane.call('ListStreamKeys', { channelArn }), { streamKeys: [summary] });
  assert.match(
    await errorOf(plane.call('CreateStreamKey', { channelArn })),
    /^ServiceQuotaExceededException: .*at most 1/,
  );
  await plane.call('DeleteStreamKey', { arn: streamKey.arn });
  assert.match(await errorOf(plane.call('GetStreamKey', { arn: streamKey.arn })), /^ResourceNotFoundException/);
  const next = await plane.call('CreateStreamKey', { channelArn, tags: { team: 'blue' } });
  assert.notEqual(next.streamKey.value, streamKey.value);
  assert.deepEqual(next.streamKey.tags, { team: 'blue' });
});

test('a deleted channel is gone with its stream keys', async (t) => {
  const plane = await openControlPlane(t);
  const { channel, streamKey } = await createChannel(plane);
  const { arn } = channel;
  assert.equal(await plane.call('DeleteChannel', { arn }), undefined);
  for (const error of [
    errorOf(plane.call('GetChannel', { arn })),
    errorOf(plane.call('UpdateChannel', { arn })),
    errorOf(plane.call('DeleteChannel', { arn })),
    errorOf(plane.call('GetStream', { channelArn: arn })),
    errorOf(plane.call('StopStream', { channelArn: arn })),
    errorOf(plane.call('CreateStreamKey', { channelArn: arn })),
    errorOf(plane.call('GetStreamKey', { arn: streamKey.arn })),
  ]) {
    assert.match(await error, /^ResourceNotFoundException: /);
  }
});

test('there are as many channels as the quota allows', async (t) => {
  const plane = await openControlPlane(t, { channels: 2 });
  await createChannel(plane);
  await createChannel(plane);
  assert.match(await errorOf(createChannel(plane)), /^ServiceQuotaExceededException: There can be at most 2 channels$/);
});

test('channels and stream keys have tags', async (t) => {
  const plane = await openControlPlane(t);
  const { channel, streamKey } = await createChannel(plane, { tags: { team: 'red' } });
  for (const { arn: resourceArn } of [channel, streamKey]) {
    await plane.call('TagResource', { resourceArn, tags: { stage: 'live' } });
    await plane.call('UntagResource', { resourceArn, tagKeys: ['team'] });
    assert.deepEqual(await plane.call('ListTagsForResource', { resourceArn }), { tags: { stage: 'live' } });
  }
});

test('what goes to a channel is told of from when it can be watched to its end', async (t) => {
  const plane = await openControlPlane(t);
  const { call, streams, events, clock, viewers } = plane;
  const { channel } = await createChannel(plane, { name: 'show' });
  const channelArn = channel.arn;
  assert.equal(await errorOf(call('GetStream', { channelArn })), 'ChannelNotBroadcasting: The channel is not live');
  assert.equal(await errorOf(call('StopStream', { channelArn })), 'ChannelNotBroadcasting: The channel is not live');

  const stream = streams.create(channelArn, 'ENCODER');
  assert.equal(await stream.begin(), 'BEGUN');
  assert.match(await errorOf(call('GetStream', { channelArn })), /^ChannelNotBroadcasting/);
  assert.match(await errorOf(call('UpdateChannel', { arn: channelArn })), /^ConflictException: /);
  assert.match(await errorOf(call('DeleteChannel', { arn: channelArn })), /^ConflictException: /);
  clock.advance(2_000);
  stream.follow({ state: 'ACTIVE' });
  assert.equal(await stream.begin(), 'BEGUN');
  viewers.see(channelArn.split('/')[1], 'somebody');
  const live = {
    channelArn,
    streamId: stream.id,
    state: 'LIVE',
    health: 'HEALTHY',
    viewerCount: 1,
    startTime: '2026-11-21T20:00:02Z',
  };
  assert.deepEqual((await call('GetStream', { channelArn })).stream, { ...live, playbackUrl: channel.playbackUrl });
  stream.starve(true);
  stream.starve(true);
  await stream.begin();
  const listed = async (health: string) => (await call('ListStreams', { filterBy: { health } })).streams;
  assert.deepEqual(await listed('STARVING'), [{ ...live, health: 'STARVING' }]);
  assert.deepEqual(await listed('HEALTHY'), []);
  stream.starve(false);
  await stream.end();
  await stream.end();
  assert.deepEqual(await call('ListStreams'), { streams: [] });
  assert.match(await errorOf(call('GetStream', { channelArn })), /^ChannelNotBroadcasting/);

  const told = events.map(({ detailType, resourceArn, detail }) => [detailType, resourceArn, detail.event_name]);
  const state = (name: string) => ['IVS Stream State Change', channelArn, name];
  const health = (name: string) => ['IVS Stream Health Change', channelArn, name];
  assert.deepEqual(told, [
    state('Session Created'),
    state('Stream Start'),
    health('Starvation Start'),
    health('Starvation End'),
    state('Stream End'),
    state('Session Ended'),
  ]);
  for (const { detail } of events) {
    assert.deepEqual([detail.channel_name, detail.stream_id], ['show', stream.id]);
  }
});

test('an encoder is cut off, a composition has to be stopped itself', async (t) => {
  const plane = await openControlPlane(t);
  const { call, streams, channelEncoders } = plane;
  const { channel } = await createChannel(plane);
  const channelArn = channel.arn;
  const encoder = streams.create(channelArn, 'ENCODER');
  await encoder.begin();
  await call('StopStream', { channelArn });
  assert.deepEqual(channelEncoders.stopped, [channelArn]);
  await encoder.end();
  const composition = streams.create(channelArn, 'COMPOSITION');
  await composition.begin();
  assert.match(
    await errorOf(call('StopStream', { channelArn })),
    /^StreamUnavailable: A composition goes to the channel/,
  );
  assert.deepEqual(channelEncoders.stopped, [channelArn]);
});

test('a stream begins when the one before it has ended, and one to no channel at all is told of to nobody', async (t) => {
  const plane = await openControlPlane(t);
  const { call, streams, events } = plane;
  const { channel } = await createChannel(plane);
  const first = streams.create(channel.arn, 'COMPOSITION');
  await first.begin();
  const second = streams.create(channel.arn, 'ENCODER');
  const begun = second.begin();
  first.follow({ state: 'ACTIVE' });
  first.follow({ state: 'STOPPED' });
  assert.equal(await begun, 'BEGUN');
  second.follow({ state: 'ACTIVE' });
  await second.begin();
  assert.equal((await call('GetStream', { channelArn: channel.arn })).stream.streamId, second.id);
  await second.end();

  const before = events.length;
  const nowhere = streams.create(channel.arn.replace(/.{12}$/, 'nothingThere'), 'COMPOSITION');
  assert.equal(await nowhere.begin(), 'NO_CHANNEL');
  nowhere.follow({ state: 'ACTIVE' });
  await nowhere.end();
  assert.equal(events.length, before);
});

test('what an earlier run of the server has left is ended at the next start', async (t) => {
  const plane = await openControlPlane(t);
  const { call, streams, events } = plane;
  const { channel } = await createChannel(plane);
  const stream = streams.create(channel.arn, 'ENCODER');
  await stream.begin();
  stream.follow({ state: 'ACTIVE' });
  await stream.begin();
  events.splice(0);
  await streams.recover();
  assert.deepEqual(await call('ListStreams'), { streams: [] });
  assert.deepEqual(
    events.map(({ detail }) => detail.event_name),
    ['Stream End', 'Session Ended'],
  );
  await call('DeleteChannel', { arn: channel.arn });
});
