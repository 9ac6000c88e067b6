import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LossController, type ReceiverFeedback } from './loss-controller.ts';

const clean: ReceiverFeedback = { lost: 0, roundTripMs: 20, asksForKeyFrame: false };

/** Reports the same so often, and tells the layer after each. */
function repeat(controller: LossController, times: number, feedback: Partial<ReceiverFeedback> = {}): number[] {
  return Array.from({ length: times }, () => {
    controller.report({ ...clean, ...feedback });
    return controller.target;
  });
}

describe('layers driven by loss', () => {
  it('begin low and climb one by one while nothing gets lost', () => {
    const controller = new LossController(2);
    assert.equal(controller.target, 0);
    assert.deepEqual(repeat(controller, 8), [0, 0, 1, 1, 1, 2, 2, 2]);
  });

  it('do not climb while a receiver reports nothing', () => {
    assert.equal(repeat(new LossController(2), 30, { roundTripMs: undefined }).at(-1), 0);
  });

  it('fall at once under heavy loss, and under lighter loss when it lasts', () => {
    const controller = new LossController(2);
    repeat(controller, 30);
    assert.deepEqual(repeat(controller, 1, { lost: 0.15 }), [1]);
    repeat(controller, 30);
    assert.equal(controller.target, 2);
    assert.deepEqual(repeat(controller, 3, { lost: 0.05 }), [2, 2, 1]);
  });

  it('fall when a queue grows on the way, or pictures break', () => {
    for (const feedback of [{ roundTripMs: 900 }, { asksForKeyFrame: true }]) {
      const controller = new LossController(1);
      repeat(controller, 10);
      assert.deepEqual(repeat(controller, 3, feedback), [1, 1, 0]);
    }
  });

  it('stay where they are under loss that can be repaired', () => {
    const controller = new LossController(2);
    repeat(controller, 4);
    assert.deepEqual(new Set(repeat(controller, 50, { lost: 0.03 })), new Set([1]));
  });

  it('forgive a single bad report', () => {
    const controller = new LossController(1);
    repeat(controller, 5);
    repeat(controller, 2, { lost: 0.06 });
    assert.deepEqual(repeat(controller, 1), [1]);
  });

  it('try a layer that is too much ever more rarely', () => {
    const controller = new LossController(1);
    const tries: number[] = [];
    for (let second = 0; second < 300; second += 1) {
      const before = controller.target;
      repeat(controller, 1, controller.target === 1 ? { lost: 0.3 } : {});
      if (before === 0 && controller.target === 1) tries.push(second);
    }
    const pauses = tries.slice(1).map((second, index) => second - (tries[index] ?? 0));
    assert.ok(tries.length >= 4 && tries.length <= 8, `${tries.length} tries`);
    assert.deepEqual(
      pauses,
      pauses.toSorted((one, other) => one - other),
    );
  });

  it('find back to the top after a bad time', () => {
    const controller = new LossController(2);
    repeat(controller, 20);
    repeat(controller, 20, { lost: 0.2 });
    assert.equal(controller.target, 0);
    assert.equal(repeat(controller, 150).at(-1), 2);
  });

  it('stay among the layers that there are, one step at a time, whatever is reported', () => {
    const feedback = fc.record({
      lost: fc.double({ min: 0, max: 1, noNaN: true }),
      roundTripMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
      asksForKeyFrame: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(feedback, { maxLength: 200 }), (reports) => {
        const controller = new LossController(2);
        for (const report of reports) {
          const before = controller.target;
          controller.report(report);
          assert.ok(controller.target >= 0 && controller.target <= 2);
          assert.ok(Math.abs(controller.target - before) <= 1);
        }
      }),
    );
  });
});
