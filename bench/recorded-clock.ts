/**
 * What recordings keep of what was published in real time: a clock in the picture, with a beep for each of its seconds.
 *
 *     node bench/recorded-clock.ts [--seconds 20]
 *
 * The recordings are made at once, and read back as a player would read them: which seconds of the clock are nowhere to be
 * seen, how far beeps are behind their flashes, and where there is a Chromium how often hls.js stands still. A machine that
 * is too slow to publish in time shows here; what a recorder makes of packets is tested on a simulated clock.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { closeRecordingFolder } from '@proscenium/media';
import { startShapedRelay } from '../packages/media/src/sfu/shaped-relay.fixture.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../test/support/chromium.ts';
import { ClockPublisher, type ClockPublisherOptions, encodeClock } from '../test/support/clock-publisher.ts';
import { playRecording } from '../test/support/play-recording.ts';
import { missingSeconds, readRecordedClock } from '../test/support/recorded-clock.ts';
import { RecordedStage, untilRecorded } from '../test/support/recorded-stage.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error('--seconds is a number above 0');

const LOSS = 0.02;
const WAY_MS = 20;
/** What a recording needs to begin and to end, on a busy machine. */
const MARGIN_SECONDS = 40;

console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
const clock = encodeClock(seconds + MARGIN_SECONDS);
const stage = await RecordedStage.start();
const relay = await startShapedRelay(stage.mediaPort, 'server');
relay.loss = LOSS;
relay.delayMs = WAY_MS;
const chromium = chromiumMissing() ? undefined : await launchChromium();
try {
  const folders = await Promise.all(
    Object.entries<ClockPublisherOptions>({
      'picture and sound': {},
      [`the same, ${100 * LOSS} % lost`]: { port: relay.port },
      'sound alone': { kinds: ['audio'] },
    }).map(async ([what, options]) => [what, await record(what, options)] as const),
  );
  const rows: Record<string, object> = {};
  for (const [what, folder] of folders) rows[what] = await read(folder, chromium);
  console.table(rows);
} finally {
  await chromium?.close();
  relay.close();
  await stage.close();
}

/** @returns the folder, closed */
async function record(name: string, options: ClockPublisherOptions): Promise<string> {
  const publisher = await ClockPublisher.start(stage.signalling(name), clock, options);
  try {
    const folder = await stage.folder();
    const recording = await stage.record(name, {
      folder,
      mediaType: 'AUDIO_VIDEO',
      targetSegmentDurationSeconds: 2,
    });
    await untilRecorded(recording, seconds);
    await recording.stop();
    await closeRecordingFolder(folder);
    return folder;
  } finally {
    await publisher.stop();
  }
}

async function read(folder: string, browser: Chromium | undefined): Promise<object> {
  const recorded = await readRecordedClock(folder);
  const { beepsSeconds, beepsAfterFlashesMs } = recorded;
  const apart = beepsSeconds.slice(1).map((at, index) => 1_000 * (at - (beepsSeconds[index] ?? 0)));
  const playback = browser && (await playRecording(browser, folder, { playbackRate: 2 }));
  return {
    'missing seconds': recorded.flashesSeconds.length > 0 ? missingSeconds(recorded).length : '-',
    'beeps apart, ms': range(apart),
    'beeps after flashes, ms': range(beepsAfterFlashesMs),
    'stalls in hls.js': playback ? playback.stalls + playback.starvations : '-',
    'errors of hls.js': playback?.errors.length ?? '-',
  };
}

function range(ms: readonly number[]): string {
  return ms.length === 0 ? '-' : `${Math.round(Math.min(...ms))} to ${Math.round(Math.max(...ms))}`;
}
