import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  CreateIngestConfigurationCommand,
  DeleteIngestConfigurationCommand,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetIngestConfigurationCommand,
  type IngestConfiguration,
  StartParticipantReplicationCommand,
  UpdateIngestConfigurationCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type Encoder, makeClip, startEncoder } from '../support/encoder.ts';
import { childrenOf } from '../support/processes.ts';
import { type ServerProcess, startServer, withEncoders } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** What a stage and an ingest configuration that is attached to it need to say. */
interface Studio {
  readonly stage: TestStage;
  readonly arn: string;
  readonly participantId: string;
  readonly streamKey: string;
}

describe('encoders publish by RTMP and RTMPS', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let page: ChromiumPage;
  let folder: string;
  let clip: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-rtmp-'));
    server = await start();
    chromium = await launchChromium();
    page = await chromium.openPage();
    clip = makeClip(folder, 'good');
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(): Promise<ServerProcess> {
    return startServer({ dataFolder: path.join(folder, 'data'), env: withEncoders });
  }

  const rtmp = () => server.announcement.ingest.rtmp ?? '';
  const rtmps = () => server.announcement.ingest.rtmps ?? '';

  async function open(options: { insecureIngest?: boolean; redundantIngest?: boolean } = {}): Promise<Studio> {
    const stage = await TestStage.create(server, ['viewer']);
    const command = new CreateIngestConfigurationCommand({
      stageArn: stage.arn,
      ingestProtocol: 'RTMPS',
      insecureIngest: true,
      userId: 'camera',
      attributes: { role: 'programme' },
      ...options,
    });
    const { ingestConfiguration } = await server.client.send(command);
    const { arn = '', participantId = '', streamKey = '' } = ingestConfiguration ?? {};
    return { stage, arn, participantId, streamKey };
  }

  function publish(t: TestContext, url: string, streamKey: string, file = clip): Encoder {
    const encoder = startEncoder(file, url, streamKey);
    t.after(() => encoder.kill());
    return encoder;
  }

  async function configurationOf({ arn }: Studio): Promise<IngestConfiguration | undefined> {
    return (await server.client.send(new GetIngestConfigurationCommand({ arn }))).ingestConfiguration;
  }

  const untilState = (studio: Studio, state: string) =>
    until(
      async () => (await configurationOf(studio))?.state,
      (found) => found === state,
    );

  async function eventsOf({ stage, participantId }: Studio): Promise<string[]> {
    const [session] = await stage.sessions();
    if (session?.sessionId === undefined) return [];
    const events = await stage.events(session.sessionId, participantId);
    return events.map(({ name, errorCode }) => (errorCode ? `${name} ${errorCode}` : `${name}`));
  }

  const untilEvents = (studio: Studio, ...expected: string[]) =>
    until(
      () => eventsOf(studio),
      (found) => found.join() === expected.join(),
    );

  /** A page sees its picture and hears its tone. */
  async function isReceived({ stage, participantId }: Studio, frameWidth = 320): Promise<void> {
    await page.stage.joinStage(stage.invited('viewer').token, { publish: false });
    try {
      const video = await page.stage.waitForFrames(participantId, 10);
      assert.equal(video.frameWidth, frameWidth);
      assert.ok((await page.stage.hearTone(participantId, { seconds: 1 })).heard);
      assert.deepEqual(await page.stage.attributesOf(participantId), { role: 'programme' });
    } finally {
      await page.stage.leaveStage();
    }
  }

  for (const [protocol, url] of [
    ['RTMP', rtmp],
    ['RTMPS', rtmps],
  ] as const) {
    test(`by ${protocol}, and a browser sees and hears them`, async (t) => {
      const studio = await open();
      const encoder = publish(t, url(), studio.streamKey);
      await isReceived(studio);
      const { stage, participantId, arn } = studio;
      assert.equal((await configurationOf(studio))?.state, 'ACTIVE');
      const record = await stage.participant(await stage.activeSessionId(), participantId);
      assert.deepEqual(
        [record.protocol, record.userId, record.ingestConfigurationArn, record.published, record.redundantIngest],
        [protocol, 'camera', arn, true, false],
      );
      await encoder.stop();
      await untilState(studio, 'INACTIVE');
      assert.deepEqual(await eventsOf(studio), ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
    });
  }

  test('one channel at 44.1 kHz, and a Main profile without B-frames', async (t) => {
    const studio = await open();
    const file = makeClip(folder, 'main', {
      video: ['-profile:v', 'main', '-bf', '0'],
      audio: { sampleRate: 44_100, channels: 1 },
    });
    publish(t, rtmps(), studio.streamKey, file);
    await isReceived(studio);
  });

  async function isCut(t: TestContext, file: string, errorCode: string, told = errorCode): Promise<void> {
    const studio = await open();
    assert.match(await publish(t, rtmps(), studio.streamKey, file).ended, new RegExp(told));
    await untilState(studio, 'INACTIVE');
    // What it is may be known before its first packet has come.
    const events = (await eventsOf(studio)).filter((name) => !/^PUBLISH_ST/.test(name));
    assert.deepEqual(events, ['JOINED', `PUBLISH_ERROR ${errorCode}`, 'LEFT']);
  }

  test('B-frames are cut', async (t) => {
    const file = makeClip(folder, 'b-frames', { video: ['-bf', '2', '-b_strategy', '0'] });
    await isCut(t, file, 'B_FRAME_PRESENT');
  });

  test('a picture of 1080p is cut', async (t) => {
    const file = makeClip(folder, '1080p', { size: '1920x1080', framesPerSecond: 10 });
    await isCut(t, file, 'RESOLUTION_EXCEEDED');
  });

  test('sound or picture alone is cut after ten seconds', async (t) => {
    const files = [makeClip(folder, 'sound', { video: 'none' }), makeClip(folder, 'picture', { audio: 'none' })];
    await Promise.all(files.map((file) => isCut(t, file, 'INVALID_INPUT', 'a stage needs both')));
  });

  test('a wrong key and one of no stage are refused, and nobody hears of it', async (t) => {
    const studio = await open();
    const { arn, streamKey, stage } = studio;
    await publish(t, rtmps(), `${streamKey.slice(0, -1)}-`).ended;
    await server.client.send(new UpdateIngestConfigurationCommand({ arn, stageArn: '' }));
    await publish(t, rtmps(), streamKey).ended;
    assert.deepEqual(await stage.sessions(), []);
    assert.ok(!server.log().includes(streamKey));
  });

  test('plain RTMP is refused where a configuration is for RTMPS', async (t) => {
    const studio = await open({ insecureIngest: false });
    await publish(t, rtmp(), studio.streamKey).ended;
    await untilEvents(studio, 'JOINED', 'PUBLISH_ERROR INVALID_PROTOCOL', 'LEFT');
    publish(t, rtmps(), studio.streamKey);
    await untilState(studio, 'ACTIVE');
  });

  test('a second stream with the same key is refused, and the first goes on', async (t) => {
    const studio = await open();
    let first = publish(t, rtmps(), studio.streamKey);
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    for (;;) {
      const second = publish(t, rtmps(), studio.streamKey);
      const isRefused = await Promise.race([second.ended.then(() => true), first.ended.then(() => false)]);
      if (isRefused) break;
      // The first was silent for so long, on a busy machine, that the second has its place.
      first = second;
    }
    assert.ok((await eventsOf(studio)).includes('PUBLISH_ERROR REUSE_OF_STREAM_KEY'));
    await isReceived(studio);
  });

  test('an encoder takes over from one that has fallen silent', async (t) => {
    const studio = await open();
    const { stage, participantId } = studio;
    const silent = publish(t, rtmps(), studio.streamKey);
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    silent.freeze();
    // As encoders do that lost their connection: again and again until it is taken.
    const stopped = until(
      () => eventsOf(studio),
      (events) => events.includes('PUBLISH_STOPPED'),
    );
    let isIn = false;
    void stopped.then(() => {
      isIn = true;
    });
    while (!isIn) {
      const encoder = publish(t, rtmps(), studio.streamKey);
      await Promise.race([encoder.ended, stopped]);
    }
    await stage.untilEvent(await stage.activeSessionId(), participantId, 'LEFT');
    await isReceived(studio);
    assert.equal((await configurationOf(studio))?.state, 'ACTIVE');
  });

  test('DisconnectParticipant cuts the stream, whose key is good again once it is attached', async (t) => {
    const studio = await open();
    const { arn, stage, participantId, streamKey } = studio;
    const encoder = publish(t, rtmps(), streamKey);
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    await server.client.send(new DisconnectParticipantCommand({ stageArn: stage.arn, participantId }));
    const { state, stageArn } = (await configurationOf(studio)) ?? {};
    assert.deepEqual([state, stageArn], ['INACTIVE', '']);
    await encoder.ended;
    await publish(t, rtmps(), streamKey).ended;
    assert.deepEqual(await eventsOf(studio), ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
    await server.client.send(new UpdateIngestConfigurationCommand({ arn, stageArn: stage.arn }));
    publish(t, rtmps(), streamKey);
    await untilState(studio, 'ACTIVE');
  });

  test('a configuration that is deleted by force takes its stream with it', async (t) => {
    const studio = await open();
    const { arn } = studio;
    const encoder = publish(t, rtmps(), studio.streamKey);
    await untilState(studio, 'ACTIVE');
    await assert.rejects(server.client.send(new DeleteIngestConfigurationCommand({ arn })), {
      name: 'ConflictException',
    });
    await server.client.send(new DeleteIngestConfigurationCommand({ arn, force: true }));
    await encoder.ended;
  });

  test('a stage that is deleted takes the stream with it, and the configuration stays', async (t) => {
    const studio = await open();
    const encoder = publish(t, rtmps(), studio.streamKey);
    await untilState(studio, 'ACTIVE');
    await server.client.send(new DeleteStageCommand({ arn: studio.stage.arn }));
    assert.match(await encoder.ended, /stage-deleted/);
    const { state, stageArn } = (await configurationOf(studio)) ?? {};
    assert.deepEqual([state, stageArn], ['INACTIVE', '']);
  });

  test('an encoder is seen in another stage that it is replicated to', async (t) => {
    const studio = await open();
    const { stage, participantId } = studio;
    publish(t, rtmps(), studio.streamKey);
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    const other = await TestStage.create(server, ['viewer']);
    await server.client.send(
      new StartParticipantReplicationCommand({
        sourceStageArn: stage.arn,
        destinationStageArn: other.arn,
        participantId,
      }),
    );
    await isReceived({ ...studio, stage: other });
    const replica = await other.participant(await other.activeSessionId(), participantId);
    assert.deepEqual([replica.protocol, replica.replicationType], ['RTMPS', 'REPLICA']);
  });

  test('when the program that holds the connections is killed, streams end, and encoders can come back', async (t) => {
    const studio = await open();
    const encoder = publish(t, rtmps(), studio.streamKey);
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    const children = await childrenOf(server.pid);
    const [pid] = [...children].find(([, command]) => command.includes('ingest-program')) ?? [];
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await encoder.ended;
    await untilState(studio, 'INACTIVE');
    await until(
      async () => server.log(),
      (log) => log.includes('encoders can connect again'),
    );
    publish(t, rtmps(), studio.streamKey);
    await isReceived(studio);
  });

  test('after the server was killed the configuration is inactive, and its encoder comes back as the same', async (t) => {
    const studio = await open();
    publish(t, rtmps(), studio.streamKey);
    await untilState(studio, 'ACTIVE');
    await untilEvents(studio, 'JOINED', 'PUBLISH_STARTED');
    await server.kill();
    server = await start();
    assert.equal((await configurationOf(studio))?.state, 'INACTIVE');
    const again = { ...studio, stage: studio.stage.on(server) };
    const visit = ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'];
    assert.deepEqual(await eventsOf(again), visit);
    publish(t, rtmps(), studio.streamKey);
    await untilEvents(again, ...visit, 'JOINED', 'PUBLISH_STARTED');
  });
});
