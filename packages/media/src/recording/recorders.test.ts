import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { checkInRealTime } from '../real-time.fixture.ts';
import { startLoopbackSfu } from '../sfu/loopback-sfu.fixture.ts';
import type { Publication } from '../sfu/publication.ts';
import type { Publisher } from '../sfu/publisher.ts';
import type { Sfu } from '../sfu/sfu.ts';
import type { StageMedia } from '../sfu/stage-media.ts';
import { closeRecordingFolder } from './close-recording-folder.ts';
import { FfmpegSource } from './ffmpeg-source.fixture.ts';
import { beepsIn, decodingErrors, flashesIn, readSegments } from './read-recording.fixture.ts';
import { Recorders } from './recorders.ts';
import type { Recording } from './recording.ts';
import type { RecordingOptions } from './recording-options.ts';

const GUARD_MS = 60_000;

describe('recorders', { timeout: 8 * GUARD_MS }, () => {
  let sfu: Sfu;
  let recorders: Recorders;
  let stage: StageMedia;
  const log: string[] = [];

  before(async () => {
    sfu = await startLoopbackSfu();
    recorders = await Recorders.start({ onLog: (line) => log.push(line) });
    stage = await sfu.createStage();
    await stage.ingest('alice', await FfmpegSource.open());
  });

  after(async () => {
    await recorders?.close();
    stage?.close();
    sfu?.close();
  });

  it('record a publisher and its replica, picture and sound together, until they are stopped', async (t) => {
    await checkInRealTime(async () => {
      const other = await sfu.createStage();
      t.after(() => other.close());
      const thumbnails = { targetIntervalSeconds: 2, storage: ['SEQUENTIAL', 'LATEST'] } as const;
      const begun = await Promise.all([
        begin(t, { thumbnails }),
        begin(t, { thumbnails }, await other.replicate(publisherOf(stage))),
      ]);
      for (const { folder, recording, files } of begun) {
        await until(recording, 5_000);
        await recording.stop();
        const closed = await closeRecordingFolder(folder);
        assert.equal(closed.durationMs, recording.durationMs);
        assert.deepEqual(closed.files, [...files].sort());
        assert.ok(files.has('media/thumbnails/high/1.jpg') && files.has('media/latest_thumbnail/high/thumb.jpg'));
        const segments = await readSegments(folder);
        assert.ok(segments.every(({ discontinuity, map }) => !discontinuity && map === 'init-0.mp4'));
        assert.deepEqual(decodingErrors(segments), []);
        const [flashes, beeps] = [flashesIn(segments), beepsIn(segments)];
        assert.ok(flashes.length >= 5 && beeps.length >= 5);
        for (const at of beeps) {
          const off = Math.min(...flashes.map((flash) => Math.abs(at - flash)));
          assert.ok(off < 0.045, `a beep at ${at}, flashes at ${flashes}`);
        }
        const multivariant = await readFile(join(folder, 'media/hls/multivariant.m3u8'), 'utf8');
        assert.match(
          multivariant,
          /CODECS="avc1\.42c0..,mp4a\.40\.2",RESOLUTION=320x180,FRAME-RATE=(?:29|30|31)\.000\nhigh\/playlist\.m3u8\n/,
        );
      }
      assert.deepEqual(log, []);
    });
  });

  it('show black while the publisher has muted its video', async (t) => {
    await checkInRealTime(async () => {
      const { folder, recording } = await begin(t);
      await until(recording, 1_000);
      await publisherOf(stage).setPaused('video', true);
      await once(recording, 'durationchanged');
      await publisherOf(stage).setPaused('video', false);
      await until(recording, recording.durationMs + 3_000);
      await recording.stop();
      const segments = await readSegments(folder);
      assert.deepEqual(decodingErrors(segments), []);
      assert.deepEqual([...new Set(segments.map(({ map }) => map))], ['init-0.mp4', 'init-1.mp4', 'init-2.mp4']);
      assert.ok(segments.filter(({ map }) => map === 'init-1.mp4').every(({ video }) => video.length === 1));
    });
  });

  it('go on after a discontinuity when a recorder is killed, beside others that do not notice', async (t) => {
    await checkInRealTime(async () => {
      const single = await Recorders.start({ recordingsEach: 1 });
      t.after(() => single.close());
      const [killed, spared] = [
        await begin(t, {}, publisherOf(stage), single),
        await begin(t, {}, publisherOf(stage), single),
      ];
      const [pid = 0, ...others] = single.pids;
      assert.equal(others.length, 1);
      await until(killed.recording, 1_000);
      process.kill(pid, 'SIGKILL');
      const before = killed.recording.durationMs;
      await until(killed.recording, before + 1_000);
      await Promise.all([killed.recording.stop(), spared.recording.stop()]);
      const segments = await readSegments(killed.folder);
      assert.deepEqual(decodingErrors(segments), []);
      assert.deepEqual(
        segments.map(({ uri }) => uri),
        segments.map((_, index) => `${index}.mp4`),
      );
      assert.equal(segments.filter(({ discontinuity }) => discontinuity).length, 1);
      assert.equal((await closeRecordingFolder(killed.folder)).durationMs, killed.recording.durationMs);
      assert.ok((await readSegments(spared.folder)).every(({ discontinuity }) => !discontinuity));
      // The first recorder stays, for whoever comes next.
      assert.equal(single.pids.length, 1);
    });
  });

  it('fail alone when there is no room on the disk, and when the folder is none', async (t) => {
    const { folder, recording } = await begin(t, {}, publisherOf(stage), recorders, '/dev/full');
    const [fault] = await once(recording, 'failed');
    assert.equal(fault.code, 'DISK_FULL');
    await recording.stop();
    assert.deepEqual((await closeRecordingFolder(folder)).durationMs, 0);
    const none = { folder: '/dev/null', mediaType: 'AUDIO_VIDEO', targetSegmentDurationSeconds: 2 } as const;
    await assert.rejects(recorders.record(publisherOf(stage), none), { name: 'RecordingFault', code: 'INTERNAL' });
  });

  it('end with the publication', async (t) => {
    const bob = await stage.ingest('bob', await FfmpegSource.open());
    const { folder, recording } = await begin(t, {}, bob);
    await until(recording, 1_000);
    const ended = once(recording, 'ended');
    bob.close();
    await ended;
    const before = recording.durationMs;
    await recording.stop();
    assert.equal((await closeRecordingFolder(folder)).durationMs, before);
  });

  it('take up no room when the publication ends before they have begun', async (t) => {
    const single = await Recorders.start({ recordingsEach: 1 });
    t.after(() => single.close());
    const carol = await stage.ingest('carol', await FfmpegSource.open());
    const made = once(carol.origin.router.observer, 'newtransport');
    const beginning = begin(t, {}, carol, single);
    await made;
    carol.close();
    await (await beginning).recording.stop();
    const { recording } = await begin(t, {}, publisherOf(stage), single);
    assert.equal(single.pids.length, 1);
    await recording.stop();
  });

  it('do not fail when the whole stage ends before they have begun', async (t) => {
    const short = await sfu.createStage();
    const dave = await short.ingest('dave', await FfmpegSource.open());
    const beginning = begin(t, {}, dave);
    short.close();
    const { folder, recording } = await beginning;
    await recording.stop();
    assert.equal((await closeRecordingFolder(folder)).durationMs, 0);
  });

  it('take no packet any more after they have failed', async (t) => {
    const { router } = publisherOf(stage).origin;
    const made = once(router.observer, 'newtransport');
    const { recording } = await begin(t, {}, publisherOf(stage), recorders, '/dev/full');
    const [{ tuple }]: [{ tuple: { remotePort: number } }] = (await made) as never;
    await once(recording, 'failed');
    await recording.stop();
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    socket.bind(tuple.remotePort, '127.0.0.1');
    await once(socket, 'listening');
  });

  it('are sent what they record, and nothing else', async (t) => {
    const { router } = publisherOf(stage).origin;
    const kindsSent = async () => {
      const { mapProducerIdConsumerIds } = await router.dump();
      const sent = mapProducerIdConsumerIds.filter(({ values }) => values.length > 0).map(({ key }) => key);
      return [...publisherOf(stage).producers].filter(([, { id }]) => sent.includes(id)).map(([kind]) => kind);
    };
    const thumbnails = { targetIntervalSeconds: 2, storage: ['LATEST'] } as const;
    for (const [options, kinds] of [
      [{ mediaType: 'AUDIO_ONLY' }, ['audio']],
      [{ mediaType: 'NONE', thumbnails }, ['video']],
      [{ mediaType: 'AUDIO_ONLY', thumbnails }, ['audio', 'video']],
    ] as const) {
      const { recording } = await begin(t, options);
      assert.deepEqual((await kindsSent()).sort(), kinds);
      await recording.stop();
    }
    assert.deepEqual(await kindsSent(), []);
  });

  /** @param segmentTarget what the first segment is written to in place of a file */
  async function begin(
    t: TestContext,
    options: Partial<RecordingOptions> = {},
    publication: Publication = publisherOf(stage),
    by = recorders,
    segmentTarget?: string,
  ) {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
    t.after(() => rm(folder, { recursive: true }));
    if (segmentTarget) {
      await mkdir(join(folder, 'media/hls/high'), { recursive: true });
      await symlink(segmentTarget, join(folder, 'media/hls/high/0.mp4.tmp'));
    }
    const whole: RecordingOptions = { folder, mediaType: 'AUDIO_VIDEO', targetSegmentDurationSeconds: 2, ...options };
    const recording = await by.record(publication, whole);
    const files = new Set<string>();
    recording.on('file', ({ path }) => files.add(path));
    return { folder, recording, files };
  }
});

function publisherOf(stage: StageMedia): Publisher {
  const publisher = stage.publisher('alice');
  assert.ok(publisher);
  return publisher;
}

/** Until so much is recorded. */
async function until(recording: Recording, durationMs: number): Promise<void> {
  while (recording.durationMs < durationMs) await once(recording, 'durationchanged');
}
