/**
 * What it costs to compose, and how late what is composed comes, beside FFmpeg with a graph that does not change.
 *
 *     node bench/composition.ts [--participants 1,4,9,12] [--heights 720,1080] [--seconds 20]
 *
 * Each participant sends H.264 at 30 pictures a second, in that layer of 180, 360 or 720 lines that its tile needs, and Opus,
 * by way of the SFU. The CPU is that of the composer with all its threads, by /proc, without the SFU and the senders. Lateness
 * is from the sending of a flash to the arrival of the picture that shows it at a server to which the composition is published
 * by RTMP. FFmpeg composes the same material in the same tiles, with the same encoder settings and one thread of x264.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Compositors, type Layout, type PictureSettings } from '@proscenium/media';
import { arrange, defaultGrid } from '@proscenium/media/layout';
import { makeProgrammeFile, StaticGraph } from './composition/static-graph.ts';
import { Viewer } from './composition/viewer.ts';
import { makeProgramme, type ProgrammePicture, ProgrammeSource } from './recording/programme.ts';
import { percentile } from './support/percentile.ts';
import { residentMb, threadCpuSeconds } from './support/programs.ts';
import { startUnlimitedSfu } from './support/unlimited-sfu.ts';

const PROGRAMME_SECONDS = 6;
/** The delay of presentation has found its place then. */
const SETTLE_MS = 6_000;
const LAYERS: readonly ProgrammePicture[] = [
  { width: 320, height: 180, bitrateBps: 200_000 },
  { width: 640, height: 360, bitrateBps: 700_000 },
  { width: 1_280, height: 720, bitrateBps: 2_500_000 },
];
const LAYOUT: Layout = { grid: defaultGrid };
const PICTURES: Readonly<Record<string, PictureSettings>> = {
  720: { width: 1_280, height: 720, framesPerSecond: 30, bitrateBps: 2_500_000 },
  1080: { width: 1_920, height: 1_080, framesPerSecond: 30, bitrateBps: 5_000_000 },
};

const { values } = parseArgs({
  options: {
    participants: { type: 'string', default: '1,4,9,12' },
    heights: { type: 'string', default: '720,1080' },
    seconds: { type: 'string', default: '20' },
  },
});
const seconds = Number(values.seconds);
const counts = values.participants.split(',').map(Number);
const pictures = values.heights.split(',').map((height) => PICTURES[height]);
if (!(seconds > 0) || !counts.every((count) => count > 0)) throw new Error('all numbers are above 0');

function tilesOf(count: number, picture: PictureSettings) {
  const participants = Array.from({ length: count }, (_, index) => ({
    participantId: String(index),
    attributes: {},
    hasVideo: true,
    aspectRatio: 16 / 9,
  }));
  return arrange(LAYOUT, participants, picture);
}

interface Cost {
  readonly cores: number;
  readonly megabytes: number;
}

async function measure(pid: number): Promise<Cost> {
  await wait(SETTLE_MS);
  const [before, startMs] = [threadCpuSeconds(pid), performance.now()];
  await wait(1_000 * seconds);
  const cores = (1_000 * (threadCpuSeconds(pid) - before)) / (performance.now() - startMs);
  return { cores, megabytes: residentMb(pid) };
}

async function measureOurs(layer: ProgrammePicture, count: number, picture: PictureSettings) {
  const programme = await makeProgramme(PROGRAMME_SECONDS, layer);
  const sfu = await startUnlimitedSfu();
  const stage = await sfu.createStage();
  const compositors = new Compositors({ onLog: (line) => console.error(line) });
  const viewer = await Viewer.open();
  try {
    const flashesSentMs: number[] = [];
    let flashes = 0;
    const noteFlash = (kind: 'video' | 'audio', ticks: number) => {
      if (kind !== 'video' || ticks < 90_000 * flashes) return;
      flashes += 1;
      flashesSentMs.push(performance.now());
    };
    const output = { type: 'rtmp', url: viewer.url, streamKey: 'key' } as const;
    const composition = await compositors.compose({ layout: LAYOUT, destinations: [{ id: 'live', picture, output }] });
    const made = { pictures: 0, late: 0, skipped: 0, presets: new Set<string>() };
    composition.on('statistics', (statistics) => {
      made.pictures += statistics.pictures;
      made.late += statistics.latePictures;
      made.skipped += statistics.skippedPictures;
      made.presets.add(statistics.preset);
    });
    const participants = [];
    for (let index = 0; index < count; index += 1) {
      const source = await ProgrammeSource.open(programme, index === 0 ? noteFlash : undefined);
      const participantId = String(index);
      const publication = await stage.ingest(participantId, source);
      participants.push({ participantId, publication, attributes: {} });
    }
    composition.setParticipants(participants);
    if (composition.pid === undefined) throw new Error('the composer is down');
    const cost = await measure(composition.pid);
    await composition.stop();
    const [tile] = tilesOf(count, picture);
    if (!tile) throw new Error('nobody is to be seen');
    const seenMs = await viewer.flashesMs(tile.x + tile.width / 2, tile.y + tile.height / 2);
    const latenessMs = seenMs.flatMap((atMs) => {
      const sentMs = flashesSentMs.findLast((each) => each < atMs);
      return sentMs === undefined ? [] : [atMs - sentMs];
    });
    return { cost, made, latenessMs: latenessMs.slice(Math.floor(SETTLE_MS / 1_000)) };
  } finally {
    await compositors.close();
    await viewer.close();
    stage.close();
    sfu.close();
  }
}

async function measureGraph(folder: string, layer: ProgrammePicture, count: number, picture: PictureSettings) {
  const file = makeProgrammeFile(folder, PROGRAMME_SECONDS, layer);
  const graph = StaticGraph.start(file, tilesOf(count, picture), picture);
  try {
    return await measure(graph.pid);
  } finally {
    await graph.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'proscenium-compositions-'));
try {
  console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
  const rows: Record<string, Record<string, string>> = {};
  for (const picture of pictures) {
    if (!picture) throw new Error('heights are 720 and 1080');
    for (const count of counts) {
      const tile = tilesOf(count, picture)[0];
      const layer = LAYERS.find(({ height }) => height >= 0.9 * (tile?.height ?? 0)) ?? LAYERS[LAYERS.length - 1];
      if (!layer) throw new Error('there are no layers');
      const reference = await measureGraph(folder, layer, count, picture);
      const { cost, made, latenessMs } = await measureOurs(layer, count, picture);
      rows[`${picture.height}p30, ${count} of ${layer.height} lines`] = {
        cores: cost.cores.toFixed(2),
        'FFmpeg cores': reference.cores.toFixed(2),
        'beside FFmpeg': (cost.cores / reference.cores).toFixed(2),
        MB: cost.megabytes.toFixed(0),
        'FFmpeg MB': reference.megabytes.toFixed(0),
        'late %': ((100 * made.late) / made.pictures).toFixed(1),
        'left out': String(made.skipped),
        preset: [...made.presets].join(' '),
        'p50 ms': percentile(latenessMs, 50).toFixed(0),
        'p95 ms': percentile(latenessMs, 95).toFixed(0),
      };
    }
  }
  console.table(rows);
} finally {
  await rm(folder, { recursive: true });
}
