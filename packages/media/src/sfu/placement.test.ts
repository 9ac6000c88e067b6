import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { placeLease, placeStage } from './placement.ts';
import { type LoadShare, WorkerLoad } from './worker-load.ts';

interface Worker {
  readonly name: string;
  readonly load: WorkerLoad;
  stages: number;
}

function workers(...loads: number[]): Worker[] {
  return loads.map((consumers, index) => {
    const load = new WorkerLoad();
    load.take(consumers);
    return { name: 'abcdefgh'[index] ?? '', load, stages: 0 };
  });
}

describe('a stage', () => {
  it('goes to the worker with the fewest consumers, among equals to the one with the fewest stages', () => {
    const all = workers(3, 1, 1);
    assert.equal(placeStage(all)?.name, 'b');
    for (const worker of all.slice(1, 2)) worker.stages += 1;
    assert.equal(placeStage(all)?.name, 'c');
    assert.equal(placeStage([]), undefined);
  });
});

describe('a lease', () => {
  const place = (serving: readonly Worker[], others: readonly Worker[]) => placeLease(serving, others, 2, 4)?.name;

  it('goes home while there is room, then to the others that send the stage in their order', () => {
    assert.equal(place(workers(2, 0), []), 'a');
    assert.equal(place(workers(3, 2, 0), []), 'b');
  });

  it('goes to the least loaded other worker when those are full', () => {
    const [home, first, second] = workers(4, 2, 1) as [Worker, Worker, Worker];
    assert.equal(place([home], [first, second]), 'c');
  });

  it('goes to the least loaded of all when all are full, home among equals', () => {
    const [home, away, other] = workers(8, 5, 6) as [Worker, Worker, Worker];
    assert.equal(place([home, away], [other]), 'b');
    assert.equal(place(workers(4, 4), []), 'a');
  });

  it('has no place without workers', () => {
    assert.equal(placeLease([], [], 2, 4), undefined);
  });
});

/** What happens to a server: somebody comes to a stage, wants more or less, or goes. */
const step = fc.oneof(
  fc.record({ does: fc.constant('come' as const), stage: fc.nat(2), consumers: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ does: fc.constant('resize' as const), who: fc.nat(), consumers: fc.nat(6) }),
  fc.record({ does: fc.constant('go' as const), who: fc.nat() }),
);

it('leases in any order leave no load behind, and pass a worker with room only for one that sends the stage', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, count) => {
      const limit = 8;
      const all = workers(...Array(count).fill(0));
      const homes = [0, 1, 2].map(() => {
        const home = placeStage(all) as Worker;
        home.stages += 1;
        return home;
      });
      const leases: { stage: number; worker: Worker; share: LoadShare }[] = [];
      const serving = (stage: number) => [
        ...new Set([homes[stage] as Worker, ...leases.filter((lease) => lease.stage === stage).map((l) => l.worker)]),
      ];
      for (const action of steps) {
        const who = 'who' in action ? action.who % Math.max(1, leases.length) : 0;
        if (action.does === 'come') {
          const { stage, consumers } = action;
          const present = serving(stage);
          const others = all.filter((worker) => !present.includes(worker));
          const worker = placeLease(present, others, consumers, limit) as Worker;
          const hasRoom = ({ load }: Worker) => load.consumers + consumers <= limit;
          if (all.some(hasRoom)) assert.ok(hasRoom(worker));
          else assert.equal(worker.load.consumers, Math.min(...all.map(({ load }) => load.consumers)));
          const better = present.slice(0, present.indexOf(worker) < 0 ? undefined : present.indexOf(worker));
          if (all.some(hasRoom)) assert.ok(!better.some(hasRoom), 'an earlier one that sends the stage had room');
          leases.push({ stage, worker, share: worker.load.take(consumers) });
        } else if (action.does === 'resize') {
          leases[who]?.share.resize(action.consumers);
        } else {
          const [gone] = leases.splice(who, 1);
          gone?.share.release();
          gone?.share.release();
          gone?.share.resize(5);
        }
        for (const worker of all) {
          const shares = leases.filter((lease) => lease.worker === worker).map(({ share }) => share.consumers);
          assert.equal(
            worker.load.consumers,
            shares.reduce((a, b) => a + b, 0),
          );
        }
      }
      for (const { share } of leases) share.release();
      assert.ok(all.every(({ load }) => load.consumers === 0));
    }),
  );
});
