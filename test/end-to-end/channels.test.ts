import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  ChannelNotBroadcasting,
  CreateChannelCommand,
  DeleteChannelCommand,
  GetStreamCommand,
  IvsServiceException,
  ListStreamsCommand,
  PutMetadataCommand,
  StopStreamCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { makeClip, startEncoder } from '../support/encoder.ts';
import { lowLatencyClient } from '../support/low-latency-client.ts';
import { startServer, withEncoders } from '../support/server.ts';
import { until } from '../support/until.ts';

test('an encoder’s stream to a channel plays in hls.js, with B-frames and sound of 44.1 kHz as they come', {
  skip: chromiumMissing(),
}, async (t) => {
  const server = await startServer({ env: withEncoders });
  t.after(() => server.stop());
  const chromium = await launchChromium();
  t.after(() => chromium.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-channels-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const clip = makeClip(folder, 'channel', {
    video: ['-profile:v', 'main', '-tune', 'animation', '-bf', '2'],
    audio: { sampleRate: 44_100, channels: 2 },
  });
  const client = lowLatencyClient(server);
  t.after(() => client.destroy());

  const { channel, streamKey } = await client.send(new CreateChannelCommand({ name: 'show' }));
  const { arn: channelArn = '', ingestEndpoint, playbackUrl = '' } = channel ?? {};
  const { value: key = '' } = streamKey ?? {};
  await assert.rejects(client.send(new GetStreamCommand({ channelArn })), ChannelNotBroadcasting);
  await assert.rejects(client.send(new PutMetadataCommand({ channelArn, metadata: 'x' })), (error) => {
    assert.ok(error instanceof IvsServiceException);
    assert.equal(error.message, 'PutMetadata is an operation of Amazon IVS that this server does not have');
    assert.deepEqual([error.$metadata.httpStatusCode, error.$metadata.attempts], [501, 1]);
    return true;
  });
  assert.equal(`rtmps://${ingestEndpoint}/app/`, server.announcement.ingest.rtmps);

  const unencrypted = startEncoder(clip, server.announcement.ingest.rtmp ?? '', key);
  await unencrypted.ended;
  const encoder = startEncoder(clip, `rtmps://${ingestEndpoint}/app/`, key);
  t.after(() => encoder.kill());

  const page = await chromium.openAddress(`${server.endpoint}/channels/${channelArn.split('/')[1]}`);
  t.after(() => page.context().close());
  const state = () => page.evaluate<string>("document.getElementById('state').textContent");
  const playedSeconds = () => page.evaluate<number>("document.getElementById('player').currentTime");
  await until(state, (words) => words === 'Live');
  const first = await playedSeconds();
  // More than one segment, and across the seam of the clip.
  await until(playedSeconds, (seconds) => seconds > first + 6);

  const { stream } = await client.send(new GetStreamCommand({ channelArn }));
  assert.ok(stream);
  const { streamId, startTime, ...rest } = stream;
  assert.match(streamId ?? '', /^st-\w{23}$/);
  assert.ok(Math.abs(Date.now() - (startTime?.getTime() ?? 0)) < 120_000);
  assert.deepEqual(rest, { channelArn, playbackUrl, state: 'LIVE', health: 'HEALTHY', viewerCount: 1 });
  await assert.rejects(client.send(new UpdateChannelCommand({ arn: channelArn })), { name: 'ConflictException' });
  const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', playbackUrl, '-t', '4', '-f', 'null', '-'], {
    encoding: 'utf8',
  });
  assert.equal(decoded.stderr, '');

  const busy = startEncoder(clip, `rtmps://${ingestEndpoint}/app/`, key);
  await busy.ended;
  assert.equal((await client.send(new ListStreamsCommand())).streams?.[0]?.streamId, streamId);

  await client.send(new StopStreamCommand({ channelArn }));
  await encoder.ended;
  assert.deepEqual((await client.send(new ListStreamsCommand())).streams, []);
  await until(state, (words) => words === 'Offline');
  await client.send(new DeleteChannelCommand({ arn: channelArn }));
  assert.ok(!server.log().includes(key), 'its key is in no log');
});
