import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { encodeAac } from '../../packages/media/src/ingest/aac.fixture.ts';
import { FlashViewer } from '../../packages/media/src/ingest/flash-viewer.browser.fixture.ts';
import { pictures, send, sounds } from '../../packages/media/src/ingest/sent-media.fixture.ts';
import { RtmpPublisher } from '../../packages/media/src/rtmp/index.ts';
import { launchWatchingBrowser } from '../../packages/media/src/sfu/watched-stage.browser.fixture.ts';
import type { IngestStages } from './stages.ts';

/** Before what is measured: for the page to come, and for what adapts to settle. */
const WARM_UP_FLASHES = 4;

/** Of flashes with beeps, one of each a second. */
export interface Watched {
  /** From the encoder's socket to a page's screen. */
  readonly latenciesMs: readonly number[];
  /** By how much the page's sound is later than its picture; below 0 where it is earlier. */
  readonly skewsMs: readonly number[];
}

export async function measureLatency(stages: IngestStages, flashes: number): Promise<Watched> {
  const seconds = flashes + WARM_UP_FLASHES;
  const sound = encodeAac('if(lt(mod(t,1),0.1),0.8*sin(2*PI*1000*t),0)', {
    sampleRateHz: 44_100,
    channels: 2,
    seconds,
  });
  const things = [...pictures(flashingVideo(seconds), asMade), ...sounds(sound, asMade)];
  const browser = await launchWatchingBrowser();
  try {
    const streamKey = stages.newKey();
    const tcUrl = `rtmp://127.0.0.1:${stages.port}/app`;
    const rtmp = await RtmpPublisher.publish(connect(stages.port, '127.0.0.1'), { app: 'app', streamKey, tcUrl });
    const viewer = await FlashViewer.open(browser, stages.stage(streamKey), 'encoder');
    const startMs = performance.timeOrigin + (await send(rtmp, things));
    const { flashes: seen, beeps } = await viewer.sightings(1);
    rtmp.close();
    const sentMs = Array.from({ length: seconds }, (_, second) => startMs + 1_000 * second).slice(WARM_UP_FLASHES);
    const seenOf = (sent: number) => seen.filter((flash) => flash > sent && flash < sent + 900);
    const heardOf = (flash: number) => beeps.filter((beep) => Math.abs(beep - flash) < 450);
    return {
      latenciesMs: sentMs.flatMap((sent) => seenOf(sent).map((flash) => flash - sent)),
      skewsMs: sentMs.flatMap(seenOf).flatMap((flash) => heardOf(flash).map((beep) => beep - flash)),
    };
  } finally {
    await browser.close();
  }
}

function asMade(mediaMs: number): number {
  return mediaMs;
}

/** A byte stream with delimiters: white for the first tenth of each second. */
function flashingVideo(seconds: number): Buffer {
  const flash = "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.1)'";
  const source = `color=c=black:size=1280x720:rate=30,noise=alls=12:allf=t,${flash}`;
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '60'];
  const rate = ['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '2500k', '-x264-params', 'aud=1'];
  const args = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, '-t', String(seconds), ...x264, ...rate];
  return execFileSync('ffmpeg', [...args, '-f', 'h264', '-'], { maxBuffer: 256 * 1_024 * 1_024 });
}
