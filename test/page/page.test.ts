import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';

describe('the test page in Chromium', { skip: chromiumMissing() }, () => {
  let chromium: Chromium;
  before(async () => {
    chromium = await launchChromium();
  });
  after(() => chromium.close());

  test('hears a tone that is there', async () => {
    const { stage } = await chromium.openPage();
    const { heard, peaksHz } = await stage.hearOwnTone(440, { seconds: 1 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
  });

  test('hears no tone of another frequency', async () => {
    const { stage } = await chromium.openPage();
    const { heard, peaksHz } = await stage.hearOwnTone(460, { seconds: 1, timeoutMs: 2000 });
    assert.equal(heard, false);
    assert.ok(
      peaksHz.slice(1).every((hz) => hz !== null && Math.abs(hz - 460) < 5),
      `peaks at ${peaksHz} Hz`,
    );
  });

  test('hears nothing in silence', async () => {
    const { stage } = await chromium.openPage();
    const { heard, peaksHz } = await stage.hearOwnTone(0, { seconds: 1, timeoutMs: 2000 });
    assert.equal(heard, false);
    assert.deepEqual([...new Set(peaksHz)], [null]);
  });

  test('hears silence, and none where a tone is', async () => {
    const { stage } = await chromium.openPage();
    const silence = { hz: null, seconds: 1 };
    assert.ok((await stage.hearOwnTone(0, silence)).heard);
    assert.equal((await stage.hearOwnTone(440, { ...silence, timeoutMs: 2000 })).heard, false);
  });

  test('waits for an event in vain and tells what it saw instead', async () => {
    const { stage } = await chromium.openPage();
    await assert.rejects(stage.waitForEvent({ name: 'stageLeft' }, 100), /Waited 100 ms for .*stageLeft.*saw \[\]/s);
  });
});
