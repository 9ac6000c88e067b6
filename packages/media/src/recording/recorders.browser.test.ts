import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { findBoxes, readBoxes } from '../hls/boxes.fixture.ts';
import { checkInRealTime } from '../real-time.fixture.ts';
import { startLoopbackSfu } from '../sfu/loopback-sfu.fixture.ts';
import type { Sfu } from '../sfu/sfu.ts';
import { FlashingPage, launchFlashingBrowser } from './flashing-page.browser.fixture.ts';
import { beepsIn, decodingErrors, flashesIn, type ReadSegment, readSegments } from './read-recording.fixture.ts';
import { Recorders } from './recorders.ts';

const GUARD_MS = 60_000;

describe('recordings of Chromium', { timeout: 8 * GUARD_MS }, () => {
  let sfu: Sfu;
  let recorders: Recorders;
  let browser: Browser;

  before(async () => {
    sfu = await startLoopbackSfu();
    recorders = await Recorders.start();
    browser = await launchFlashingBrowser();
  });

  after(async () => {
    await recorders?.close();
    await browser?.close();
    sfu?.close();
  });

  it('have H.264 made of VP8, with the sound of its pictures', async (t) => {
    await checkInRealTime(async () => {
      const segments = await record(t, 'VP8', 1, 6_000);
      assert.ok(segments.every(({ map }) => map === 'init-0.mp4'));
      assertTogether(segments);
    });
  });

  it('have the highest layer that flows, as it comes', async (t) => {
    await checkInRealTime(async () => {
      const segments = await record(t, 'H264', 2, 9_000);
      const sizes = [...new Set(segments.map(({ map }) => map))].map((map) => sizeOf(segments, map));
      assert.equal(sizes.at(-1), '640x360');
      const last = segments.at(-1)?.map;
      assertTogether(segments.filter(({ map }) => map === last));
    });
  });

  async function record(t: { after(work: () => unknown): void }, codec: string, layers: number, durationMs: number) {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
    const stage = await sfu.createStage();
    const page = await FlashingPage.open(browser);
    t.after(() => Promise.all([rm(folder, { recursive: true }), stage.close(), page.close()]));
    const publisher = await stage.publish('alice', await page.offer(codec, layers));
    const recording = await recorders.record(publisher, {
      folder,
      mediaType: 'AUDIO_VIDEO',
      targetSegmentDurationSeconds: 2,
    });
    recording.on('failed', (fault) => assert.fail(fault));
    await page.takeAnswer(publisher.answer);
    while (recording.durationMs < durationMs) await once(recording, 'durationchanged');
    await recording.stop();
    const segments = await readSegments(folder);
    assert.deepEqual(decodingErrors(segments), []);
    return segments;
  }
});

/** Each beep with its flash, which the page itself is some milliseconds late with. */
function assertTogether(segments: readonly ReadSegment[]): void {
  const [flashes, beeps] = [flashesIn(segments), beepsIn(segments)];
  assert.ok(flashes.length >= 4, `${flashes.length} flashes`);
  const off = flashes.map(
    (flash) => beeps.map((beep) => beep - flash).sort((one, other) => Math.abs(one) - Math.abs(other))[0],
  );
  const middle = off.map((each) => each ?? Number.NaN).sort((one, other) => one - other)[Math.floor(off.length / 2)];
  assert.ok(Math.abs(middle ?? Number.NaN) < 0.06, `beeps after flashes by ${off} s`);
}

function sizeOf(segments: readonly ReadSegment[], map: string): string {
  const init = segments.find((segment) => segment.map === map)?.init ?? Buffer.alloc(0);
  const [picture] = findBoxes(readBoxes(init), 'moov/trak/mdia/minf/stbl/stsd/avc1');
  return `${picture?.body.readUInt16BE(24)}x${picture?.body.readUInt16BE(26)}`;
}
