/**
 * What it costs to record participants, beside FFmpeg children that do the same in the same run.
 *
 *     node bench/recording.ts [--participants 12] [--references 2] [--seconds 20]
 *
 * Each participant is 720p30 at 2.5 Mbit/s with Opus in stereo, and comes by way of the SFU. The CPU is that of the recorder
 * with all its threads, by /proc, without the SFU and the senders. FFmpeg gets the same packets, one child a participant.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Recorders } from '@proscenium/media';
import { makeProgramme, type Programme, ProgrammeSource } from './recording/programme.ts';
import { ReferenceRecorder } from './recording/reference.ts';
import { residentMb, threadCpuSeconds } from './support/programs.ts';
import { startUnlimitedSfu } from './support/unlimited-sfu.ts';

const PROGRAMME_SECONDS = 8;
/** The first sender reports are waited for, then the first segment is written. */
const SETTLE_MS = 8_000;

const { values } = parseArgs({
  options: {
    participants: { type: 'string', default: '12' },
    references: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '20' },
  },
});
const [participants, references, seconds] = [values.participants, values.references, values.seconds].map(Number);
if (!participants || !references || !seconds) throw new Error('all options are numbers above 0');

interface Row {
  readonly what: string;
  readonly participants: number;
  readonly cores: number;
  readonly megabytes: number;
}

async function measure(what: string, count: number, pids: readonly number[]): Promise<Row> {
  const used = () => pids.reduce((sum, pid) => sum + threadCpuSeconds(pid), 0);
  await wait(SETTLE_MS);
  const [before, startMs] = [used(), performance.now()];
  await wait(1_000 * (seconds ?? 0));
  const cores = (1_000 * (used() - before)) / (performance.now() - startMs);
  return { what, participants: count, cores, megabytes: pids.reduce((sum, pid) => sum + residentMb(pid), 0) };
}

async function measureOurs(programme: Programme, folder: string, count: number): Promise<Row> {
  const sfu = await startUnlimitedSfu();
  const recorders = await Recorders.start({ onLog: (line) => console.error(line), recordingsEach: count });
  const stage = await sfu.createStage();
  try {
    const recordings = [];
    for (let index = 0; index < count; index += 1) {
      const publisher = await stage.ingest(`participant-${index}`, await ProgrammeSource.open(programme));
      const own = join(folder, `ours-${count}-${index}`);
      await mkdir(own);
      recordings.push(
        await recorders.record(publisher, {
          folder: own,
          mediaType: 'AUDIO_VIDEO',
          targetSegmentDurationSeconds: 6,
          thumbnails: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] },
        }),
      );
    }
    const row = await measure(`${count} in one recorder`, count, recorders.pids);
    const recorded = Math.min(...recordings.map(({ durationMs }) => durationMs));
    if (recorded < 1_000 * (seconds ?? 0) - SETTLE_MS) throw new Error(`only ${recorded} ms were recorded`);
    return row;
  } finally {
    await recorders.close();
    stage.close();
    sfu.close();
  }
}

async function measureReference(programme: Programme, folder: string, count: number): Promise<Row> {
  const children = await Promise.all(
    Array.from({ length: count }, (_, index) => ReferenceRecorder.start(programme, join(folder, `ffmpeg-${index}`))),
  );
  try {
    return await measure(
      `${count} FFmpeg children`,
      count,
      children.map(({ pid }) => pid),
    );
  } finally {
    await Promise.all(children.map((child) => child.close()));
  }
}

const folder = await mkdtemp(join(tmpdir(), 'proscenium-recordings-'));
try {
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  const programme = await makeProgramme(PROGRAMME_SECONDS);
  const reference = await measureReference(programme, folder, references);
  const rows = [await measureOurs(programme, folder, 1), await measureOurs(programme, folder, participants), reference];
  const each = (row: Row) => row.cores / row.participants;
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.what,
        {
          'cores each': each(row).toFixed(4),
          'beside FFmpeg': (each(row) / each(reference)).toFixed(2),
          'MB each': (row.megabytes / row.participants).toFixed(0),
        },
      ]),
    ),
  );
} finally {
  await rm(folder, { recursive: true });
}
