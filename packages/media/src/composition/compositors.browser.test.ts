import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { checkInRealTime } from '../real-time.fixture.ts';
import { FlashingPage, launchFlashingBrowser } from '../recording/flashing-page.browser.fixture.ts';
import {
  beepsIn,
  decodingErrors,
  flashesIn,
  type ReadSegment,
  readSegments,
} from '../recording/read-recording.fixture.ts';
import { startLoopbackSfu } from '../sfu/loopback-sfu.fixture.ts';
import type { Publication } from '../sfu/publication.ts';
import type { Sfu } from '../sfu/sfu.ts';
import type { Composition } from './composition.ts';
import { Compositors } from './compositors.ts';
import { defaultGrid } from './layout/default-layouts.ts';

/** One tile is as wide as the higher layer, two as the lower one. */
const PICTURE = { width: 640, height: 180, framesPerSecond: 30, bitrateBps: 1_500_000 };
const LAYOUT = { grid: defaultGrid };

describe('compositions of Chromium', { timeout: 300_000 }, () => {
  let sfu: Sfu;
  let browser: Browser;
  let compositors: Compositors;

  before(async () => {
    sfu = await startLoopbackSfu();
    browser = await launchFlashingBrowser();
    compositors = new Compositors({ cores: 100 });
  });
  after(async () => {
    await compositors?.close();
    await browser?.close();
    sfu?.close();
  });

  async function publish(t: TestContext, codec: string, layers: number): Promise<Publication> {
    const stage = await sfu.createStage();
    const page = await FlashingPage.open(browser);
    t.after(() => Promise.all([stage.close(), page.close()]));
    const publisher = await stage.publish('alice', await page.offer(codec, layers));
    await page.takeAnswer(publisher.answer);
    return publisher;
  }

  async function compose(t: TestContext) {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-composition-'));
    t.after(() => rm(folder, { recursive: true }));
    const output = { type: 'hls', folder, rendition: 'high', targetSegmentDurationSeconds: 2 } as const;
    const destinations = [{ id: 'recording', picture: PICTURE, output }];
    return { folder, composition: await compositors.compose({ layout: LAYOUT, destinations }) };
  }

  it('have VP8 in step with its sound', async (t) => {
    await checkInRealTime(async () => {
      const publication = await publish(t, 'VP8', 1);
      const { folder, composition } = await compose(t);
      composition.setParticipants([{ participantId: 'alice', publication, attributes: {} }]);
      await until(composition, 8_000);
      await composition.stop();
      const segments = await readSegments(folder);
      assert.deepEqual(decodingErrors(segments), []);
      checkTogether(segments, 2, 8);
    });
  });

  it('have the layer that the tile needs, in step with the sound whichever that is', async (t) => {
    await checkInRealTime(async () => {
      const publication = await publish(t, 'H264', 2);
      const { folder, composition } = await compose(t);
      const participant = (participantId: string) => ({ participantId, publication, attributes: {} });
      composition.setParticipants([participant('alice')]);
      const aloneMs = await until(composition, 8_000);
      const { demand } = publication.layers ?? assert.fail('it is published in one layer');
      assert.equal(demand.highest, 1);
      // The same once more, so that everybody's tile is half as wide and flashes at the same time.
      composition.setParticipants([participant('alice'), participant('mirror')]);
      while (demand.highest > 0) await once(demand, 'changed');
      const togetherMs = await until(composition, aloneMs + 10_000);
      composition.setParticipants([participant('alice')]);
      if (demand.highest < 1) await once(demand, 'changed');
      const endMs = await until(composition, togetherMs + 6_000);
      await composition.stop();
      const segments = await readSegments(folder);
      assert.deepEqual(decodingErrors(segments), []);
      checkTogether(segments, 2, aloneMs / 1_000);
      checkTogether(segments, aloneMs / 1_000 + 4, togetherMs / 1_000);
      checkTogether(segments, togetherMs / 1_000 + 4, endMs / 1_000);
    });
  });
});

/** Each beep with its flash, which the page itself is some milliseconds late with. */
function checkTogether(segments: readonly ReadSegment[], from: number, to: number): void {
  const inside = (at: number) => at >= from && at < to;
  const [flashes, beeps] = [flashesIn(segments).filter(inside), beepsIn(segments)];
  assert.ok(flashes.length >= to - from - 2, `flashes at ${flashes} between ${from} and ${to}`);
  const off = flashes.map(
    (flash) => beeps.map((beep) => beep - flash).sort((one, other) => Math.abs(one) - Math.abs(other))[0] ?? Number.NaN,
  );
  const middle = off.sort((one, other) => one - other)[Math.floor(off.length / 2)] ?? Number.NaN;
  assert.ok(Math.abs(middle) < 0.06, `beeps after flashes by ${off} s`);
}

/** @returns what is recorded, when it is as much as that */
async function until(composition: Composition, durationMs: number): Promise<number> {
  for (;;) {
    const [, recordedMs] = await once(composition, 'duration');
    if (recordedMs >= durationMs) return recordedMs;
  }
}
