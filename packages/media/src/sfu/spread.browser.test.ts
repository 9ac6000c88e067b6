import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { checkInRealTime } from '../real-time.fixture.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Sfu } from './sfu.ts';
import { launchWatchingBrowser, WatchedStage } from './watched-stage.browser.fixture.ts';

const GUARD_MS = 300_000;

describe('a stage with more receivers than one worker should carry', { timeout: GUARD_MS }, () => {
  let browser: Browser;
  let sfu: Sfu;
  let show: WatchedStage;

  before(async () => {
    browser = await launchWatchingBrowser();
  });
  after(() => browser?.close());

  beforeEach(() => open());
  afterEach(() => close());

  async function open(): Promise<void> {
    sfu = await startLoopbackSfu({ workers: 2, consumersPerWorker: 4 });
    show = await WatchedStage.open(browser, await sfu.createStage());
  }

  async function close(): Promise<void> {
    await show?.close();
    sfu?.close();
  }

  /** @param play what is done before them, from the beginning */
  async function checkMissed(t: TestContext, names: readonly string[], play: () => Promise<void>): Promise<void> {
    let played = false;
    await checkInRealTime(async () => {
      if (played) {
        await close();
        await open();
      }
      played = true;
      await play();
      for (const name of names) {
        const { missed, got } = await show.missed(name);
        t.diagnostic(`${name} got ${got} frames and missed ${missed}`);
        assert.ok(missed <= 1, `${name} got ${got} frames and missed ${missed}`);
      }
    });
  }

  /** The loads of its workers, the one with the stage first. */
  async function loads(): Promise<number[]> {
    const { workers } = await sfu.dump();
    return workers.toSorted((a, b) => b.stages - a.stages).map(({ load }) => load);
  }

  async function routers() {
    const { routers: all, workerPid } = await show.stage.dump();
    return all.map(({ workerPid: pid, leases, producers, signature }) => ({
      place: pid === workerPid ? 'home' : 'away',
      signature: signature === 'own' ? 'own' : 'chosen',
      leases,
      producers,
    }));
  }

  it('is sent from a further worker as well, and from one again, and nobody misses more than a frame', async (t) => {
    await checkMissed(t, ['bob', 'carol', 'dave', 'erin', 'frank'], async () => {
      await show.join('bob');
      await show.join('carol');
      assert.deepEqual(await loads(), [4, 0]);

      await show.join('dave');
      assert.deepEqual(await loads(), [4 + 2, 2], 'the home worker feeds a pipe for each stream');
      await show.join('erin');
      const subscription = await show.subscribe('frank');
      assert.deepEqual(await routers(), [
        { place: 'home', signature: 'own', leases: 2, producers: 2 },
        { place: 'away', signature: 'own', leases: 2, producers: 2 },
        { place: 'away', signature: 'chosen', leases: 1, producers: 2 },
      ]);
      for (const name of ['bob', 'carol', 'dave', 'erin', 'frank']) await show.sees(name, 30);

      subscription.close();
      show.leave('dave');
      await show.sees('erin', 30);
      show.leave('erin');
      assert.deepEqual(await routers(), [{ place: 'home', signature: 'own', leases: 2, producers: 2 }]);
      await show.sees('bob', 30);
    });
    show.leave('bob');
    await show.join('grace');
    show.leave('carol');
    show.leave('grace');
    assert.deepEqual(await loads(), [0, 0]);
  });

  it('goes on when the further worker dies: those whom it served get another place', async (t) => {
    await checkMissed(t, ['bob', 'carol'], async () => {
      await show.join('bob');
      await show.join('carol');
      const dave = await show.join('dave');
      const { workerPid, routers: before } = await show.stage.dump();
      const away = before.find(({ workerPid: pid }) => pid !== workerPid)?.workerPid;
      assert.ok(away);
      const lost = once(dave, 'ended');
      process.kill(away, 'SIGKILL');
      assert.deepEqual(await lost, ['lost']);
      await show.sees('dave', 30);
    });
    for (const name of ['bob', 'carol', 'dave']) show.leave(name);
    assert.deepEqual(
      (await loads()).reduce((a, b) => a + b, 0),
      0,
    );
    assert.equal((await routers()).length, 1);
  });

  it('ends with its home worker, wherever it is received', async () => {
    await show.join('bob');
    await show.join('carol');
    await show.join('dave');
    const { workerPid } = await show.stage.dump();
    const closed = once(show.stage, 'closed');
    process.kill(workerPid, 'SIGKILL');
    await closed;
    const { workers, stages } = await sfu.dump();
    assert.deepEqual(stages, []);
    assert.deepEqual(
      workers.map(({ load }) => load),
      [0],
    );
  });
});
