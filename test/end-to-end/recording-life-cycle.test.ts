import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  ConflictException,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteStageCommand,
  GetStageCommand,
  type Participant,
  type ParticipantToken,
  type Stage,
  StartParticipantReplicationCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-ivs-realtime';
import { ReceivedEvents, Receiver, takeWebhook } from '../../packages/server/src/events/receiver.fixture.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { ParticipantRecord } from '../support/participant-record.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

const playlistFile = 'media/hls/high/playlist.m3u8';

const hasSegments = (count: number) => (playlist: string) => [...playlist.matchAll(/#EXTINF/g)].length >= count;

/** A stage that records, a participant of it, a server that tells of it, and the bucket. */
interface Recorded {
  server: ServerProcess;
  stage: Stage;
  participant: ParticipantToken;
  received: ReceivedEvents;
  /** Another server in place of the one that has ended. */
  startAgain(): Promise<ServerProcess>;
  publish(): ReturnType<typeof publishByFfmpeg>;
  /** The participant of the present or last session, when its recording is in this state. */
  untilState(server: ServerProcess, state: string): Promise<Participant>;
  /** Resolves when the playlist in the bucket is so. */
  untilPlaylist(prefix: string | undefined, isRight: (playlist: string) => boolean): Promise<void>;
  files(prefix?: string): Promise<string[]>;
  read(prefix: string | undefined, file: string): Promise<string>;
}

async function openRecorded(t: TestContext, recordingReconnectWindowSeconds = 0): Promise<Recorded> {
  const received = new ReceivedEvents();
  const { url } = await Receiver.start(t, takeWebhook(received));
  const dataFolder = await createDataFolder(t);
  const config = path.join(dataFolder, 'config.yaml');
  const pattern = { 'detail-type': ['IVS Participant Recording State Change'] };
  const hook = { name: 'hook', type: 'webhook', url, secret: 'a-secret-of-these-tests', pattern };
  await writeFile(config, JSON.stringify({ events: { targets: [hook] } }));
  const start = (args: string[] = []) =>
    startServer({ dataFolder, args: ['--config', config, ...args], env: { PROSCENIUM_TESTING_ENABLED: 'true' } });
  const server = await start();
  t.after(() => server.kill());

  const { client } = server;
  const { storageConfiguration } = await client.send(
    new CreateStorageConfigurationCommand({ s3: { bucketName: 'show-archive' } }),
  );
  const { stage = { arn: '' } } = await client.send(
    new CreateStageCommand({
      autoParticipantRecordingConfiguration: {
        storageConfigurationArn: storageConfiguration?.arn ?? '',
        recordingReconnectWindowSeconds,
        hlsConfiguration: { targetSegmentDurationSeconds: 2 },
      },
    }),
  );
  const { participantToken = {} } = await client.send(new CreateParticipantTokenCommand({ stageArn: stage.arn ?? '' }));
  const record = new ParticipantRecord(stage.arn, participantToken.participantId);
  const inBucket = (prefix = '') =>
    path.join(dataFolder, 'objects', server.announcement.account, 'show-archive', prefix);
  const files = async (prefix?: string) => {
    const entries = await readdir(inBucket(prefix), { recursive: true, withFileTypes: true }).catch((error) => {
      if (error.code === 'ENOENT') return []; // nothing has come yet
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(inBucket(prefix), path.join(entry.parentPath, entry.name)))
      .sort();
  };
  const read = (prefix: string | undefined, file: string) => readFile(path.join(inBucket(prefix), file), 'utf8');
  return {
    server,
    stage,
    participant: participantToken,
    received,
    async startAgain() {
      const next = await start(['--listen', new URL(server.endpoint).host]);
      t.after(() => next.kill());
      return next;
    },
    publish() {
      const publisher = publishByFfmpeg({ url: stage.endpoints?.whip ?? '', token: participantToken.token ?? '' });
      t.after(() => publisher.kill());
      return publisher;
    },
    untilState: (at, state) => record.untilRecording(at.client, state),
    async untilPlaylist(prefix, isRight) {
      await until(
        async () => ((await files(prefix)).includes(playlistFile) ? await read(prefix, playlistFile) : ''),
        isRight,
      );
    },
    files,
    read,
  };
}

test('a publish is recorded: files, states, events, and settings that stay meanwhile', async (t) => {
  const recorded = await openRecorded(t);
  const { server, stage, participant, received, untilState, files, read } = recorded;
  const publisher = recorded.publish();
  const { recordingS3Prefix: prefix = '', recordingS3BucketName } = await untilState(server, 'ACTIVE');
  assert.equal(recordingS3BucketName, 'show-archive');
  const [stageId, sessionId, participantId, startTime = ''] = prefix.split('/');
  assert.deepEqual([stageId, participantId], [stage.arn?.split('/')[1], participant.participantId]);
  assert.match(startTime, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
  const change = { arn: stage.arn, autoParticipantRecordingConfiguration: { storageConfigurationArn: '' } };
  await assert.rejects(server.client.send(new UpdateStageCommand(change)), ConflictException);

  await recorded.untilPlaylist(prefix, hasSegments(2));
  assert.match(await read(prefix, playlistFile), /#EXT-X-PLAYLIST-TYPE:EVENT/);
  await publisher.stop();
  await untilState(server, 'STOPPED');
  const there = await files(prefix);
  for (const file of [
    'events/recording-started.json',
    'events/recording-ended.json',
    'media/hls/multivariant.m3u8',
    'media/hls/high/init-0.mp4',
    'media/hls/high/0.mp4',
  ]) {
    assert.ok(there.includes(file), `${file} is missing`);
  }
  const playlist = await read(prefix, playlistFile);
  assert.match(playlist, /#EXT-X-PLAYLIST-TYPE:VOD/);
  assert.match(playlist, /#EXT-X-ENDLIST\s*$/);
  const seconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, each]) => sum + Number(each), 0);
  const ended = JSON.parse(await read(prefix, 'events/recording-ended.json'));
  assert.ok(Math.abs(ended.media.hls.duration_ms - 1_000 * seconds) < 10);

  await received.untilDistinct(2);
  const common = {
    session_id: sessionId,
    participant_id: participantId,
    recording_s3_bucket_name: 'show-archive',
    recording_s3_key_prefix: prefix,
  };
  assert.deepEqual(
    received.events.map(({ resource, detail }) => [resource, { ...detail }]),
    [
      [stage.arn, { ...common, event_name: 'Recording Start' }],
      [stage.arn, { ...common, event_name: 'Recording End', recording_duration_ms: ended.media.hls.duration_ms }],
    ],
  );
  await server.client.send(new UpdateStageCommand(change));
});

test('a server that is stopped ends what it records, and one that was killed has it ended by the next', async (t) => {
  for (const end of ['stop', 'kill'] as const) {
    const recorded = await openRecorded(t);
    const { server, received, untilState, read } = recorded;
    const publisher = recorded.publish();
    const { recordingS3Prefix } = await untilState(server, 'ACTIVE');
    await recorded.untilPlaylist(recordingS3Prefix, hasSegments(1));
    await server[end]();
    await publisher.kill();
    // What a server does not get done in the time that it has to stop, the next one does.
    if (end === 'kill') await assert.rejects(read(recordingS3Prefix, 'events/recording-ended.json'), /ENOENT/);

    await untilState(await recorded.startAgain(), 'STOPPED');
    const ended = JSON.parse(await read(recordingS3Prefix, 'events/recording-ended.json'));
    assert.ok(ended.media.hls.duration_ms >= 1_900, `${ended.media.hls.duration_ms} ms`);
    assert.match(await read(recordingS3Prefix, playlistFile), /#EXT-X-ENDLIST\s*$/);
    await received.untilDistinct(2);
    assert.deepEqual(
      received.events.map(({ detail }) => detail.event_name),
      ['Recording Start', 'Recording End'],
    );
  }
});

test('a publisher that comes back after the server was killed goes on with its recording', async (t) => {
  const recorded = await openRecorded(t, 300);
  const { server, received, untilState, files, read } = recorded;
  const first = recorded.publish();
  const { recordingS3Prefix: prefix } = await untilState(server, 'ACTIVE');
  await recorded.untilPlaylist(prefix, hasSegments(1));
  await server.kill();
  await first.kill();

  const next = await recorded.startAgain();
  assert.equal((await untilState(next, 'ACTIVE')).recordingS3Prefix, prefix);
  const second = recorded.publish();
  await recorded.untilPlaylist(prefix, (playlist) => /#EXT-X-DISCONTINUITY\n[\s\S]*\.mp4$/m.test(playlist));
  await second.stop();
  assert.equal((await untilState(next, 'ACTIVE')).recordingS3Prefix, prefix);
  assert.ok(!(await files(prefix)).includes('events/recording-ended.json'));
  const advanced = await fetch(`${next.endpoint}/proscenium/testing/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: 300 }),
  });
  assert.equal(advanced.status, 200);

  await untilState(next, 'STOPPED');
  const playlist = await read(prefix, playlistFile);
  assert.equal([...playlist.matchAll(/#EXT-X-DISCONTINUITY/g)].length, 1);
  const numbers = [...playlist.matchAll(/^(\d+)\.mp4$/gm)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, [...numbers.keys()]);
  assert.equal((await files()).filter((file) => file.endsWith('recording-started.json')).length, 1);
  await received.untilDistinct(2);
  assert.deepEqual(
    received.events.map(({ detail }) => [detail.event_name, detail.recording_s3_key_prefix]),
    [
      ['Recording Start', prefix],
      ['Recording End', prefix],
    ],
  );
});

test('a replica is recorded in its own stage, and the end of that stage ends its recording at once', async (t) => {
  const recorded = await openRecorded(t, 300);
  const { server, stage, participant, received, untilState, read } = recorded;
  const { client } = server;
  const { autoParticipantRecordingConfiguration } = stage;
  const { stage: destination } = await client.send(new CreateStageCommand({ autoParticipantRecordingConfiguration }));
  recorded.publish();
  const { recordingS3Prefix: ownPrefix } = await untilState(server, 'ACTIVE');
  const { participantId } = participant;
  const replication = { sourceStageArn: stage.arn, destinationStageArn: destination?.arn, participantId };
  await client.send(new StartParticipantReplicationCommand(replication));
  const { stage: { activeSessionId: sessionId = '' } = {} } = await client.send(
    new GetStageCommand({ arn: destination?.arn }),
  );
  const replicaPrefix = `${destination?.arn?.split('/')[1]}/${sessionId}/${participantId}`;
  const replica = new ParticipantRecord(destination?.arn, participantId);
  const { recordingS3Prefix = '' } = await replica.untilRecording(client, 'ACTIVE');
  assert.ok(recordingS3Prefix.startsWith(`${replicaPrefix}/`));
  await recorded.untilPlaylist(recordingS3Prefix, hasSegments(1));

  await client.send(new DeleteStageCommand({ arn: destination?.arn }));
  await received.untilDistinct(3);
  const { resource, detail } = received.events[2] ?? {};
  assert.deepEqual([resource, detail?.event_name], [destination?.arn, 'Recording End']);
  const ended = JSON.parse(await read(recordingS3Prefix, 'events/recording-ended.json'));
  assert.ok(ended.media.hls.duration_ms >= 1_900, `${ended.media.hls.duration_ms} ms`);
  assert.equal(ended.stage_arn, destination?.arn);
  assert.equal((await untilState(server, 'ACTIVE')).recordingS3Prefix, ownPrefix);
});
