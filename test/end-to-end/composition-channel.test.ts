import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  CreateChannelCommand,
  DeleteChannelCommand,
  GetStreamCommand,
  StopStreamCommand,
  StreamUnavailable,
} from '@aws-sdk/client-ivs';
import {
  type Composition,
  CreateEncoderConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  GetCompositionCommand,
  StartCompositionCommand,
  StopCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { S3Client } from '@aws-sdk/client-s3';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { lowLatencyClient } from '../support/low-latency-client.ts';
import { childrenOf } from '../support/processes.ts';
import { RecordedBucket } from '../support/recorded-bucket.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

const bucketName = 'show-archive';
/** That no API has made. */
const namedChannel = 'arn:aws:ivs:us-west-2:123456789012:channel/FridayShow';
const video = { width: 320, height: 180, framerate: 30, bitrate: 400_000 };

const statesOf = ({ state, destinations = [] }: Composition) =>
  [state, ...destinations.map((one) => one.state)].join(' ');

describe('a composition', () => {
  it('is to be seen on the page of its channel, and in its bucket, also after its composer was killed', {
    skip: chromiumMissing(),
  }, async (t) => {
    const server = await startServer();
    t.after(() => server.stop());
    const chromium = await launchChromium();
    t.after(() => chromium.close());
    const { endpoint, region } = server;
    const s3 = new S3Client({ endpoint, region, credentials: testAccessKey, forcePathStyle: true });
    t.after(() => s3.destroy());
    const bucket = new RecordedBucket(s3, bucketName);
    const { stageArn, start } = await createStage(server);
    const untilStates = (states: string) =>
      until(
        () => read(server, composition.arn),
        (found) => statesOf(found) === states,
      );

    const publisher = await start();
    t.after(() => publisher.kill());
    const channels = lowLatencyClient(server);
    t.after(() => channels.destroy());
    const { channel } = await channels.send(new CreateChannelCommand({ name: 'friday' }));
    const channelArn = channel?.arn ?? '';
    const composition = await compose(server, stageArn, channelArn);
    const { recordingPrefix: prefix = '' } = composition.destinations?.[1]?.detail?.s3 ?? {};
    await untilStates('ACTIVE ACTIVE ACTIVE');

    const page = await chromium.openAddress(`${endpoint}/channels/${channelArn.split('/')[1]}`);
    t.after(() => page.context().close());
    // Its content security policy lets nobody wait inside of it.
    const state = () => page.evaluate<string>("document.getElementById('state').textContent");
    const playedSeconds = () => page.evaluate<number>("document.getElementById('player').currentTime");
    await until(state, (words) => words === 'Live');
    const first = await playedSeconds();
    await until(playedSeconds, (seconds) => seconds > first + 3);
    const size = await page.evaluate<number[]>(
      "(({ videoWidth, videoHeight }) => [videoWidth, videoHeight])(document.getElementById('player'))",
    );
    assert.deepEqual(size, [320, 180]);

    const { stream } = await channels.send(new GetStreamCommand({ channelArn }));
    assert.deepEqual([stream?.state, stream?.health, stream?.viewerCount], ['LIVE', 'HEALTHY', 1]);
    await assert.rejects(channels.send(new StopStreamCommand({ channelArn })), StreamUnavailable);
    const [[composer] = []] = [...(await childrenOf(server.pid))].filter(([, command]) =>
      command.includes('composer-program'),
    );
    assert.ok(composer);
    process.kill(composer, 'SIGKILL');
    await untilStates('ACTIVE RECONNECTING RECONNECTING');
    await untilStates('ACTIVE ACTIVE ACTIVE');
    const before = await playedSeconds();
    await until(playedSeconds, (seconds) => seconds > before + 8);

    await server.client.send(new StopCompositionCommand({ arn: composition.arn }));
    await untilStates('STOPPED STOPPED STOPPED');
    await channels.send(new DeleteChannelCommand({ arn: channelArn }));
    const files = await bucket.list(prefix);
    const [rendition = ''] = files.flatMap((file) => /^media\/hls\/(180p30-\w{12})\/playlist/.exec(file)?.[1] ?? []);
    const folder = await bucket.download(prefix);
    t.after(() => rm(folder, { recursive: true }));
    const ended = JSON.parse((await bucket.read(`${prefix}/events/recording-ended.json`)).toString());
    assert.equal(ended.recording_status, 'RECORDING_ENDED');
    assert.deepEqual(ended.media.hls.renditions, [
      { path: rendition, playlist: 'playlist.m3u8', resolution_width: 320, resolution_height: 180 },
    ]);
    const seconds = durationOf(path.join(folder, 'media/hls/multivariant.m3u8'));
    assert.ok(Math.abs(seconds - ended.media.hls.duration_ms / 1_000) < 0.2, `${seconds} s can be played`);
    const playlist = (await bucket.read(`${prefix}/media/hls/${rendition}/playlist.m3u8`)).toString();
    assert.match(playlist, /#EXT-X-PLAYLIST-TYPE:VOD\n.*#EXT-X-DISCONTINUITY\n.*#EXT-X-ENDLIST/s);
  });

  it('whose server was killed is ended by the next one when nobody comes back, with all that it had recorded', async (t) => {
    const dataFolder = await createDataFolder(t);
    const env = { PROSCENIUM_TESTING_ENABLED: 'true' };
    const killed = await startServer({ dataFolder, env });
    t.after(() => killed.kill());
    const { stageArn, start } = await createStage(killed);
    const publisher = await start();
    t.after(() => publisher.kill());
    const { arn, destinations } = await compose(killed, stageArn, namedChannel);
    const { recordingPrefix: prefix = '' } = destinations?.[1]?.detail?.s3 ?? {};
    const bucketOf = ({ endpoint, region }: ServerProcess) => {
      const s3 = new S3Client({ endpoint, region, credentials: testAccessKey, forcePathStyle: true });
      t.after(() => s3.destroy());
      return new RecordedBucket(s3, bucketName);
    };
    await until(
      () => bucketOf(killed).list(prefix),
      (files) => files.filter((file) => /\/\d+\.mp4$/.test(file)).length >= 2,
    );
    await killed.kill();
    await publisher.kill();

    const server = await startServer({ dataFolder, env });
    t.after(() => server.stop());
    assert.equal(statesOf(await read(server, arn)), 'ACTIVE RECONNECTING RECONNECTING');
    await advanceClock(server, 60);
    await until(
      () => read(server, arn),
      (composition) => statesOf(composition) === 'STOPPED STOPPED STOPPED',
    );
    const bucket = bucketOf(server);
    const ended = await bucket.readJson(`${prefix}/events/recording-ended.json`);
    const folder = await bucket.download(prefix);
    t.after(() => rm(folder, { recursive: true }));
    const seconds = durationOf(path.join(folder, 'media/hls/multivariant.m3u8'));
    const { duration_ms } = (ended as { media: { hls: { duration_ms: number } } }).media.hls;
    assert.ok(seconds > 2 && Math.abs(seconds - duration_ms / 1_000) < 0.2, `${seconds} s of ${duration_ms} ms`);
    for (const left of ['channels', 'spool']) {
      await until(
        () => readdir(path.join(dataFolder, left)),
        (names) => names.length === 0,
      );
    }
  });
});

async function createStage({ client }: ServerProcess) {
  const { stage } = await client.send(new CreateStageCommand({}));
  const { arn: stageArn = '', endpoints } = stage ?? {};
  return {
    stageArn,
    async start() {
      const { participantToken } = await client.send(new CreateParticipantTokenCommand({ stageArn }));
      return publishByFfmpeg({ url: endpoints?.whip ?? '', token: participantToken?.token ?? '' });
    },
  };
}

/** To the channel, and into the bucket. */
async function compose({ client }: ServerProcess, stageArn: string, channelArn: string): Promise<Composition> {
  const { encoderConfiguration } = await client.send(new CreateEncoderConfigurationCommand({ video }));
  const { storageConfiguration } = await client.send(new CreateStorageConfigurationCommand({ s3: { bucketName } }));
  const encoderConfigurationArn = encoderConfiguration?.arn ?? '';
  const { composition } = await client.send(
    new StartCompositionCommand({
      stageArn,
      destinations: [
        { channel: { channelArn, encoderConfigurationArn } },
        {
          s3: {
            storageConfigurationArn: storageConfiguration?.arn ?? '',
            encoderConfigurationArns: [encoderConfigurationArn],
          },
        },
      ],
    }),
  );
  assert.ok(composition);
  return composition;
}

async function read({ client }: ServerProcess, arn: string | undefined): Promise<Composition> {
  const { composition } = await client.send(new GetCompositionCommand({ arn }));
  assert.ok(composition);
  return composition;
}

async function advanceClock({ endpoint }: ServerProcess, advanceSeconds: number): Promise<void> {
  const body = JSON.stringify({ advanceSeconds });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${endpoint}/proscenium/testing/clock`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

/** As FFmpeg decodes it, without an error. */
function durationOf(playlist: string): number {
  const args = ['-v', 'error', '-allowed_extensions', 'ALL', '-i', playlist, '-f', 'null', '-progress', '-', '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  assert.equal(stderr, '');
  const times = [...stdout.matchAll(/out_time_us=(\d+)/g)];
  return Number(times.at(-1)?.[1]) / 1e6;
}
