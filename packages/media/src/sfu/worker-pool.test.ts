import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { MediaRefusal } from '../refusal.ts';
import { findRecordedWorker } from './recorded-worker.ts';
import { Sfu, type SfuOptions } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

const GUARD_MS = 60_000;

const options: SfuOptions = {
  listenAddress: '127.0.0.1',
  port: 0,
  workers: 1,
  workerPath: findRecordedWorker(import.meta.dirname),
  announcedAddresses: [],
  iceConsentTimeoutSeconds: 10,
  publishBitrateBps: 8_500_000,
  subscribeBitrateBps: 8_500_000,
};

describe('the worker pool', () => {
  it('gives each worker a port of its own, for UDP and TCP', async () => {
    const sfu = await Sfu.start({ ...options, workers: 2 });
    assert.equal(sfu.workerPids.length, 2);
    const ports = sfu.ports.map(({ protocol, port }) => `${protocol} ${port}`);
    assert.equal(new Set(ports).size, 4);
    sfu.close();
    assert.deepEqual(sfu.workerPids, []);
  });

  it('spreads stages over the workers', async () => {
    const sfu = await Sfu.start({ ...options, workers: 2 });
    const stages = await Promise.all([sfu.createStage(), sfu.createStage()]);
    assert.equal(stages.length, 2);
    sfu.close();
    assert.ok(stages.every(({ closed }) => closed));
  });

  it('ends the stages of a worker that dies, and puts another one in its place', { timeout: GUARD_MS }, async () => {
    const sfu = await Sfu.start(options);
    const stage = await sfu.createStage();
    const [pid] = sfu.workerPids;
    assert.ok(pid);
    const died = once(sfu, 'workerdied');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await died, [pid]);
    assert.ok(stage.closed);
    assert.deepEqual(sfu.workerPids, []);
    assert.equal((await sfu.createStage()).closed, false);
    assert.notEqual(sfu.workerPids[0], pid);
    sfu.close();
  });

  for (const workers of [1, 2]) {
    it(`takes a stage in again as soon as it is lost, of ${workers} in all`, { timeout: GUARD_MS }, async () => {
      const sfu = await Sfu.start({ ...options, workers });
      const stage = await sfu.createStage();
      const { workerPid } = await stage.dump();
      const moving = new Promise<StageMedia>((resolve, reject) => {
        stage.once('closed', () => sfu.createStage().then(resolve, reject));
      });
      process.kill(workerPid, 'SIGKILL');
      const moved = await moving;
      assert.equal(moved.closed, false);
      assert.notEqual((await moved.dump()).workerPid, workerPid);
      sfu.close();
    });
  }

  it('opens a stage on another worker when its own dies meanwhile', { timeout: GUARD_MS }, async () => {
    const sfu = await Sfu.start(options);
    const [pid] = sfu.workerPids;
    assert.ok(pid);
    process.kill(pid, 'SIGSTOP'); // it answers nothing any more
    const opening = sfu.createStage();
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(pid, 'SIGKILL');
    const stage = await opening;
    assert.equal(stage.closed, false);
    assert.notEqual((await stage.dump()).workerPid, pid);
    sfu.close();
  });

  it('refuses a stage that is opened while all ends', { timeout: GUARD_MS }, async () => {
    const sfu = await Sfu.start(options);
    const opening = sfu.createStage();
    await new Promise((resolve) => setImmediate(resolve));
    sfu.close();
    await assert.rejects(opening, (error) => error instanceof MediaRefusal && error.reason === 'UNAVAILABLE');
    assert.deepEqual((await sfu.dump()).stages, []);
  });

  it('does not start with a program that is not there', async () => {
    const workerPath = '/nowhere/mediasoup-worker';
    await assert.rejects(Sfu.start({ ...options, workerPath }), /cannot be started: .*ENOENT.*workerPath/);
  });

  it('refuses every stage where there are no workers', async () => {
    const sfu = await Sfu.start({ ...options, workers: 0 });
    assert.deepEqual(sfu.ports, []);
    await assert.rejects(
      sfu.createStage(),
      (error) => error instanceof MediaRefusal && error.reason === 'UNAVAILABLE' && /without media/.test(error.message),
    );
    sfu.close();
  });
});
