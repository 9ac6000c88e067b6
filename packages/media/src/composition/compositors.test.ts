import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { checkInRealTime } from '../real-time.fixture.ts';
import { closeRecordingFolder } from '../recording/close-recording-folder.ts';
import { FfmpegSource } from '../recording/ffmpeg-source.fixture.ts';
import { beepsIn, decodingErrors, flashesIn, readSegments } from '../recording/read-recording.fixture.ts';
import { Listener } from '../rtmp/session.fixture.ts';
import { startLoopbackSfu } from '../sfu/loopback-sfu.fixture.ts';
import type { Publication } from '../sfu/publication.ts';
import type { Sfu } from '../sfu/sfu.ts';
import type { StageMedia } from '../sfu/stage-media.ts';
import type { Composition } from './composition.ts';
import type { CompositionDestination } from './composition-options.ts';
import { Compositors } from './compositors.ts';
import { defaultGrid } from './layout/default-layouts.ts';
import type { Layout } from './layout/layout.ts';

const PICTURE = { width: 320, height: 180, framesPerSecond: 30, bitrateBps: 1_000_000 };
const LAYOUT: Layout = { grid: defaultGrid };

describe('compositors', { timeout: 300_000 }, () => {
  let sfu: Sfu;
  let stage: StageMedia;
  let alice: Publication;
  const log: string[] = [];

  before(async () => {
    sfu = await startLoopbackSfu();
    stage = await sfu.createStage();
    alice = await stage.ingest('alice', await FfmpegSource.open());
  });
  after(() => {
    stage?.close();
    sfu?.close();
  });

  /** Goes with the test, so it is made after the compositors that write into it. */
  async function hls(t: TestContext): Promise<CompositionDestination & { readonly folder: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-composition-'));
    t.after(() => rm(folder, { recursive: true }));
    return {
      id: 'recording',
      picture: PICTURE,
      output: { type: 'hls', folder, rendition: 'high', targetSegmentDurationSeconds: 2 },
      folder,
    };
  }

  function newCompositors(t: TestContext, cores = 100): Compositors {
    const compositors = new Compositors({ cores, onLog: (line) => log.push(line) });
    t.after(() => compositors.close());
    return compositors;
  }

  /** Notes how the destinations stand. */
  function reportsOf(composition: Composition): string[] {
    const reports: string[] = [];
    composition.on('report', (id, { state }) => reports.push(`${id} ${state}`));
    return reports;
  }

  const participants = (publication: Publication) => [{ participantId: 'alice', publication, attributes: {} }];

  it('compose what is published, picture and sound together, until it is stopped', async (t) => {
    await checkInRealTime(async () => {
      const compositors = newCompositors(t);
      const { folder, ...destination } = await hls(t);
      const composition = await compositors.compose({ layout: LAYOUT, destinations: [destination] });
      const reports = reportsOf(composition);
      const files = new Set<string>();
      composition.on('file', (_, { path }) => files.add(path));
      composition.setParticipants(participants(alice));
      await until(composition, 6_000);
      const [statistics] = await once(composition, 'statistics');
      await composition.stop();
      assert.ok(statistics.cores > 0 && statistics.pictures > 0);
      // A busy machine takes a cheaper one.
      assert.match(statistics.preset, /^(very|super|ultra)fast$/);
      assert.deepEqual(reports, ['recording ACTIVE', 'recording STOPPED']);
      assert.deepEqual(compositors.pids, []);
      const closed = await closeRecordingFolder(folder, new Set(), 'high');
      for (const file of files) await access(join(folder, file));
      assert.ok(closed.durationMs >= 6_000);
      const segments = await readSegments(folder);
      assert.deepEqual(decodingErrors(segments), []);
      const [flashes, beeps] = [flashesIn(segments), beepsIn(segments)];
      assert.ok(flashes.length >= 5, `flashes at ${flashes}`);
      for (const at of flashes) {
        const off = Math.min(...beeps.map((beep) => Math.abs(at - beep)));
        assert.ok(off < 0.045, `a flash at ${at}, beeps at ${beeps}`);
      }
    });
  });

  it('go on, in the folder and to the server, when the composer is killed', async (t) => {
    await checkInRealTime(async () => {
      await using listener = await Listener.open();
      const compositors = newCompositors(t);
      const { folder, ...recording } = await hls(t);
      const url = `rtmp://127.0.0.1:${listener.port}/app`;
      const live = { id: 'live', picture: PICTURE, output: { type: 'rtmp', url, streamKey: 'key' } } as const;
      const composition = await compositors.compose({ layout: LAYOUT, destinations: [recording, live] });
      const reports = reportsOf(composition);
      composition.setParticipants(participants(alice));
      const accept = async () => {
        const heard = await listener.session();
        await heard.published;
        heard.session.accept();
        return heard;
      };
      await accept();
      await until(composition, 4_000);
      const [pid] = compositors.pids;
      assert.ok(pid);
      const killedMs = performance.now();
      process.kill(pid, 'SIGKILL');
      const heard = await accept();
      while (heard.video.length === 0) await once(heard.session, 'video');
      const downMs = performance.now() - killedMs;
      const before = composition.pid;
      assert.ok(before && before !== pid);
      await until(composition, 8_000);
      await composition.stop();
      assert.ok(downMs < 5_000, `it went on after ${downMs} ms`);
      for (const id of ['recording', 'live']) {
        const states = reports.flatMap((report) => (report.startsWith(`${id} `) ? [report.slice(id.length + 1)] : []));
        assert.deepEqual(states, ['ACTIVE', 'RECONNECTING', 'ACTIVE', 'STOPPED']);
      }
      const segments = await readSegments(folder);
      assert.deepEqual(decodingErrors(segments), []);
      assert.equal(segments.filter(({ discontinuity }) => discontinuity).length, 1);
    });
  });

  it('end one destination of a composition, which takes less room then, and go on with the other alone', async (t) => {
    const compositors = newCompositors(t);
    const [{ folder: _, ...recording }, { folder: __, ...other }] = [await hls(t), await hls(t)];
    const picture = { ...PICTURE, width: 160, height: 90 };
    const composition = await compositors.compose({
      layout: LAYOUT,
      destinations: [recording, { ...other, id: 'other', picture }],
    });
    const reports = reportsOf(composition);
    composition.setParticipants(participants(alice));
    while (reports.length < 2) await once(composition, 'report');
    assert.deepEqual(reports.splice(0).sort(), ['other ACTIVE', 'recording ACTIVE']);
    const { takenCores } = compositors.capacity;
    for (const id of ['recording', 'recording', 'unknown']) composition.endDestination(id);
    assert.deepEqual(reports.splice(0), ['recording STOPPED']);
    assert.ok(compositors.capacity.takenCores < takenCores);
    process.kill(composition.pid ?? assert.fail(), 'SIGKILL');
    while (reports.length < 2) await once(composition, 'report');
    let written = '';
    while (written !== 'other') [written] = await once(composition, 'file');
    await composition.stop();
    assert.deepEqual(reports, ['other RECONNECTING', 'other ACTIVE', 'other STOPPED']);
  });

  it('replace a composer that stands still', async (t) => {
    const compositors = newCompositors(t);
    const { folder: _, ...destination } = await hls(t);
    const composition = await compositors.compose({ layout: LAYOUT, destinations: [destination] });
    composition.setParticipants(participants(alice));
    await once(composition, 'duration');
    const { pid } = composition;
    assert.ok(pid);
    const stoppedMs = performance.now();
    process.kill(pid, 'SIGSTOP');
    const [, report] = await once(composition, 'report', { signal: AbortSignal.timeout(60_000) });
    assert.equal(report.state, 'RECONNECTING');
    assert.ok(performance.now() - stoppedMs > 5_000, 'a busy machine would not be borne');
    await once(composition, 'duration');
    assert.notEqual(composition.pid, pid);
  });

  it('let a composition fail whose composer dies again and again', async (t) => {
    const compositors = newCompositors(t);
    const { folder: _, ...destination } = await hls(t);
    const composition = await compositors.compose({ layout: LAYOUT, destinations: [destination] });
    const reports = reportsOf(composition);
    const failed = once(composition, 'failed');
    const ended = once(composition, 'ended');
    const killed = new Set<number>();
    const timer = setInterval(() => {
      for (const pid of compositors.pids) {
        if (!killed.has(pid)) process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
    }, 20);
    t.after(() => clearInterval(timer));
    const [fault] = await failed;
    assert.equal(fault.code, 'INTERNAL');
    await ended;
    assert.equal(killed.size, 5);
    assert.deepEqual(reports, ['recording FAILED']);
    assert.equal(compositors.capacity.compositions, 0);
  });

  it('refuse what the processor has no room for, and take it when there is', async (t) => {
    const compositors = newCompositors(t, 0.7);
    const destinations = [await hls(t)].map(({ folder: _, ...destination }) => destination);
    const options = { layout: LAYOUT, destinations };
    const first = await compositors.compose(options);
    await assert.rejects(compositors.compose(options), {
      name: 'CompositionFault',
      code: 'NO_CAPACITY',
      message: 'A composition like this needs about 0.38 cores, and those that run have 0.38 of 0.70',
    });
    assert.equal(first.ended, false);
    await first.stop();
    assert.equal(compositors.capacity.takenCores, 0);
    const second = await compositors.compose(options);
    await second.stop();
  });

  it('go on without those whose media worker dies, and with them when they are back', async (t) => {
    await checkInRealTime(async () => {
      const short = await startLoopbackSfu();
      t.after(() => short.close());
      const theirs = await short.createStage();
      const publication = await theirs.ingest('alice', await FfmpegSource.open());
      const compositors = newCompositors(t);
      const { folder, ...destination } = await hls(t);
      const composition = await compositors.compose({ layout: LAYOUT, destinations: [destination] });
      composition.setParticipants(participants(publication));
      await until(composition, 2_000);
      const [pid] = short.workerPids;
      assert.ok(pid);
      const ended = once(theirs, 'closed');
      process.kill(pid, 'SIGKILL');
      await ended;
      composition.setParticipants([]);
      await until(composition, 6_000);
      composition.setParticipants(participants(alice));
      await until(composition, 12_000);
      await composition.stop();
      const flashes = flashesIn(await readSegments(folder));
      assert.ok(flashes.some((at) => at < 3) && flashes.some((at) => at > 9), `flashes at ${flashes}`);
      assert.ok(!flashes.some((at) => at > 4.5 && at < 6), `flashes at ${flashes}`);
    });
  });
});

/** Until so much is recorded. */
async function until(composition: Composition, durationMs: number): Promise<void> {
  for (;;) {
    const [, recordedMs] = await once(composition, 'duration');
    if (recordedMs >= durationMs) return;
  }
}
