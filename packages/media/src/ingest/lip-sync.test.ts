import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeH264 } from '../rtp/encode.fixture.ts';
import { encodeAac } from './aac.fixture.ts';
import { Stand } from './ingest-stand.fixture.ts';
import { pictures, type Sending, send, sounds } from './sent-media.fixture.ts';
import { Viewer } from './viewer.fixture.ts';

/** What viewers do not notice (ITU-R BT.1359). */
const MAXIMUM_SKEW_MS = 45;
/** Most that is sent: a busy machine may hold up one of the streams for long. */
const SECONDS = 40;
/** The beginning is late, which takes a report of sound to be forgotten. */
const SETTLING_MS = 5_000;
/** Reports in a row, of which more than half are in step. */
const REPORTS = 5;

const sendings: [how: string, picture: Sending, sound: Sending][] = [
  ['as it is made', (mediaMs) => mediaMs, (mediaMs) => mediaMs],
  ['with its sound long after its picture', (mediaMs) => mediaMs, (mediaMs) => mediaMs + 120],
  ['in bursts', (mediaMs) => Math.ceil(mediaMs / 200) * 200, (mediaMs) => Math.ceil((mediaMs + 100) / 200) * 200],
  ['over a line that stalls now and then', stalled, stalled],
];

/** For 300 ms every second. */
function stalled(mediaMs: number): number {
  const within = mediaMs % 1_000;
  return within < 300 ? mediaMs - within + 300 : mediaMs;
}

describe('the lip sync of what an encoder sends', { timeout: 120_000, concurrency: true }, () => {
  const stand = new Stand();
  // Made before anything is sent: to wait for an encoder would be to send late.
  const video = encodeH264({ frames: 30 * SECONDS, arguments: ['-g', '30'] });
  const audio = encodeAac('sin(440*2*PI*t)', { sampleRateHz: 44_100, channels: 2, seconds: SECONDS });
  before(() => stand.open());
  after(() => stand.close());

  for (const [how, pictureAt, soundAt] of sendings) {
    it(`is kept by the reports of the SFU when it comes ${how}`, async (t) => {
      const { publisher, rtmp } = await stand.publishByHand(t);
      const viewer = await Viewer.watch(publisher);
      const skews: number[] = [];
      const settledMs = performance.now() + SETTLING_MS;
      viewer.on('report', () => {
        if (viewer.skewMs !== undefined && performance.now() > settledMs) skews.push(viewer.skewMs);
      });
      const isInStep = () => {
        const last = skews.slice(-REPORTS);
        return last.length === REPORTS && last.filter((skew) => skew < MAXIMUM_SKEW_MS).length > REPORTS / 2;
      };
      await send(rtmp, [...pictures(video, pictureAt), ...sounds(audio, soundAt)], isInStep);
      t.diagnostic(`skews in ms: ${skews.map(Math.round).join(', ')}`);
      assert.ok(isInStep());
    });
  }
});
