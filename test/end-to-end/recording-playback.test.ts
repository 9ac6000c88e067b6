import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  type AutoParticipantRecordingConfiguration,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  type Participant,
} from '@aws-sdk/client-ivs-realtime';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { checkRecording } from '../support/check-recording.ts';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { ParticipantRecord } from '../support/participant-record.ts';
import { playRecording } from '../support/play-recording.ts';
import { childrenOf } from '../support/processes.ts';
import { RecordedBucket } from '../support/recorded-bucket.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { SwiftS3, swiftMissing } from '../support/swift-s3.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

const bucketName = 'show-archive';
const reconnectWindowSeconds = 60;
/** Segments that wait for the store when it comes back. */
const spooled = 5;

// Both wait for time to pass, most of the time.
describe('a recording', { concurrency: true }, () => {
  it('is read by S3 as a browser published it, over a mute and a reconnect, and plays in hls.js', {
    skip: chromiumMissing(),
  }, async (t) => {
    const server = await startServer({ env: { PROSCENIUM_TESTING_ENABLED: 'true' } });
    t.after(() => server.stop());
    const chromium = await launchChromium();
    t.after(() => chromium.close());
    const { endpoint, region } = server;
    const client = new S3Client({ endpoint, region, credentials: testAccessKey, forcePathStyle: true });
    t.after(() => client.destroy());
    const bucket = new RecordedBucket(client, bucketName);
    const stage = await createStage(server, {
      recordingReconnectWindowSeconds: reconnectWindowSeconds,
      thumbnailConfiguration: {
        recordingMode: 'INTERVAL',
        targetIntervalSeconds: 2,
        storage: ['SEQUENTIAL', 'LATEST'],
      },
    });
    const { stage: page, ...opened } = await chromium.openPage();
    t.after(() => opened.close());
    await page.useBeepingClock({ width: 320, height: 192 });

    await page.joinStage(stage.token, { subscribe: false });
    const { recordingS3Prefix: prefix = '' } = await stage.untilState('ACTIVE');
    let segments = await bucket.untilSegments(prefix, 1);
    await page.setMuted('video', true);
    segments = await bucket.untilSegments(prefix, segments + 2);
    await page.setMuted('video', false);
    segments = await bucket.untilSegments(prefix, segments + 2);
    await page.leaveStage();
    await page.joinStage(stage.token, { subscribe: false });
    await bucket.untilSegments(prefix, segments + 2);
    await page.leaveStage();
    await stage.untilLeft();
    assert.ok(!(await bucket.list(prefix)).includes('events/recording-ended.json'), 'the window is open');
    await advanceClock(server, reconnectWindowSeconds);
    await stage.untilState('STOPPED');

    await page.joinStage(stage.token, { subscribe: false });
    const { recordingS3Prefix: laterPrefix = '' } = await stage.untilState('ACTIVE');
    assert.notEqual(laterPrefix, prefix);
    await bucket.untilSegments(laterPrefix, 1);
    await page.leaveStage();
    await stage.untilLeft();
    await advanceClock(server, reconnectWindowSeconds);
    await stage.untilState('STOPPED');

    const folder = await bucket.download(prefix);
    t.after(() => rm(folder, { recursive: true }));
    const recording = await checkRecording(folder);
    assert.equal(recording.type, 'VOD');
    assert.equal(recording.targetDurationSeconds, 6);
    assert.ok(recording.periods.length >= 4, 'picture, black, picture, and what was published again');
    const thumbnails = await readdir(path.join(folder, 'media/thumbnails/high'));
    assert.ok(thumbnails.length >= 4);
    assert.deepEqual(new Set(thumbnails), new Set(thumbnails.map((_, index) => `${index}.jpg`)));

    await checkMetadata(bucket, prefix, stage, recording.durationSeconds);
    const later = await bucket.download(laterPrefix);
    t.after(() => rm(later, { recursive: true }));
    await checkMetadata(bucket, laterPrefix, stage, (await checkRecording(later)).durationSeconds);

    const served = await bucket.serve(prefix);
    t.after(() => served.close());
    const { errors, stalls, buffered, playedSeconds } = await playRecording(chromium, folder, {
      url: served.url,
      playbackRate: 2,
    });
    assert.deepEqual({ errors, stalls, pieces: buffered.length }, { errors: [], stalls: 0, pieces: 1 });
    assert.ok(Math.abs(playedSeconds - recording.durationSeconds) < 0.3, `${playedSeconds} s were played`);
  });

  it('comes to a store that was away later, also when the recorder is killed meanwhile', {
    skip: swiftMissing(),
  }, async (t) => {
    const swift = await SwiftS3.start();
    t.after(() => swift.close());
    const { endpoint } = swift;
    const client = new S3Client({
      endpoint,
      region: 'us-west-2',
      credentials: { ...SwiftS3.owner },
      forcePathStyle: true,
    });
    t.after(() => client.destroy());
    await client.send(new CreateBucketCommand({ Bucket: bucketName }));
    const bucket = new RecordedBucket(client, bucketName);
    const dataFolder = await createDataFolder(t);
    const config = path.join(dataFolder, 'config.yaml');
    await writeFile(config, JSON.stringify({ objects: { store: 's3', s3: { endpoint, ...SwiftS3.owner } } }));
    const server = await startServer({ dataFolder, args: ['--config', config] });
    t.after(() => server.kill());
    const stage = await createStage(server, {});
    const publisher = publishByFfmpeg({ url: stage.whipUrl, token: stage.token });
    t.after(() => publisher.kill());

    const { recordingS3Prefix: prefix = '' } = await stage.untilState('ACTIVE');
    const before = await bucket.untilSegments(prefix, 1);
    await swift.stop();
    const children = [...(await childrenOf(server.pid))];
    const [[recorder] = []] = children.filter(([, command]) => command.includes('recorder-program'));
    assert.ok(recorder);
    process.kill(recorder, 'SIGKILL');
    await until(
      () => spooledSegments(dataFolder),
      (count) => count >= spooled,
    );
    assert.equal((await stage.participant()).recordingState, 'ACTIVE');
    await swift.startAgain();
    await publisher.stop();
    await stage.untilState('STOPPED');

    const folder = await bucket.download(prefix);
    t.after(() => rm(folder, { recursive: true }));
    const recording = await checkRecording(folder);
    assert.equal(recording.periods.length, 2);
    assert.ok(recording.segments.length >= before + spooled);
    await checkMetadata(bucket, prefix, stage, recording.durationSeconds);
    assert.deepEqual(await spooledSegments(dataFolder), 0);
  });
});

interface RecordedStage {
  readonly arn: string;
  readonly whipUrl: string;
  readonly token: string;
  readonly participantId: string;
  participant(): Promise<Participant>;
  /** The participant of the present or last session, when its recording is in this state. */
  untilState(state: string): Promise<Participant>;
  untilLeft(): Promise<Participant>;
}

/** A stage that records whoever publishes, in segments of two seconds, and a participant of it. */
async function createStage(
  { client }: ServerProcess,
  settings: Omit<AutoParticipantRecordingConfiguration, 'storageConfigurationArn'>,
): Promise<RecordedStage> {
  const storing = new CreateStorageConfigurationCommand({ s3: { bucketName } });
  const { storageConfiguration } = await client.send(storing);
  const { stage } = await client.send(
    new CreateStageCommand({
      autoParticipantRecordingConfiguration: {
        storageConfigurationArn: storageConfiguration?.arn ?? '',
        hlsConfiguration: { targetSegmentDurationSeconds: 2 },
        ...settings,
      },
    }),
  );
  const arn = stage?.arn ?? '';
  const { participantToken } = await client.send(new CreateParticipantTokenCommand({ stageArn: arn }));
  const { participantId = '', token = '' } = participantToken ?? {};
  const record = new ParticipantRecord(arn, participantId);
  const participant = () => record.read(client);
  return {
    arn,
    whipUrl: stage?.endpoints?.whip ?? '',
    token,
    participantId,
    participant,
    untilState: (state) => record.untilRecording(client, state),
    untilLeft: () => until(participant, ({ state }) => state === 'DISCONNECTED'),
  };
}

async function advanceClock(server: ServerProcess, advanceSeconds: number): Promise<void> {
  const advanced = await fetch(`${server.endpoint}/proscenium/testing/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds }),
  });
  assert.equal(advanced.status, 200);
}

/** That the files of a recording tell what it is, to the last field. */
async function checkMetadata(
  bucket: RecordedBucket,
  prefix: string,
  { arn, participantId }: RecordedStage,
  durationSeconds: number,
): Promise<void> {
  const files = await bucket.list(prefix);
  const withThumbnails = files.some((file) => file.startsWith('media/thumbnails/'));
  const [stageId, sessionId, participant, begin = ''] = prefix.split('/');
  assert.deepEqual([stageId, participant], [arn.split('/')[1], participantId]);
  const started = (await bucket.readJson(`${prefix}/events/recording-started.json`)) as Record<string, unknown>;
  const renditions = [{ path: 'high' }];
  const hls = {
    path: 'media/hls',
    playlist: 'multivariant.m3u8',
    renditions: [{ path: 'high', playlist: 'playlist.m3u8' }],
  };
  const thumbnails = withThumbnails && {
    thumbnails: { path: 'media/thumbnails', renditions },
    latest_thumbnail: { path: 'media/latest_thumbnail', renditions },
  };
  const common = {
    version: 'v1',
    stage_arn: arn,
    session_id: sessionId,
    participant_id: participantId,
    recording_started_at: started.recording_started_at,
  };
  assert.deepEqual(started, { ...common, recording_status: 'RECORDING_STARTED', media: { hls, ...thumbnails } });
  assert.equal(String(started.recording_started_at).replace(/\.\d+/, '').replaceAll(':', '-'), begin);
  const ended = (await bucket.readJson(`${prefix}/events/recording-ended.json`)) as {
    recording_ended_at: string;
    media: { hls: { duration_ms: number } };
  };
  const { duration_ms } = ended.media.hls;
  assert.deepEqual(ended, {
    ...common,
    recording_ended_at: ended.recording_ended_at,
    recording_status: 'RECORDING_ENDED',
    media: { hls: { ...hls, duration_ms }, ...thumbnails },
  });
  assert.match(String(ended.recording_ended_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.ok(Math.abs(duration_ms - 1_000 * durationSeconds) < 10, `${duration_ms} ms, of ${durationSeconds} s`);
}

/** Segments on disk that wait for the store. */
async function spooledSegments(dataFolder: string): Promise<number> {
  const files = await readdir(path.join(dataFolder, 'spool'), { recursive: true });
  return files.filter((file) => /high\/\d+\.mp4$/.test(file)).length;
}
