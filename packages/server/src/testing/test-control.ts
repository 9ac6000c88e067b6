import { setImmediate } from 'node:timers/promises';
import type { AlarmClock } from '../clock.ts';
import type { Throttle } from '../http/throttle.ts';
import { InjectedFailures } from './injected-failures.ts';
import { type ResetParts, resetStore } from './reset.ts';
import { TestClock } from './test-clock.ts';

/** Turns of the event loop that work may take to come to its next write. */
const TURNS = 3;

/** The parts of a server that the orders of test suites are about. */
export interface TestedParts extends ResetParts {
  readonly throttle: Throttle | undefined;
}

/** What test suites may do to a server: move its clock, make calls fail, bring it back to its beginning. */
export class TestControl {
  readonly clock: TestClock;
  readonly failures = new InjectedFailures();
  /** One order is carried out after the other. */
  #carriedOut: Promise<unknown> = Promise.resolve();

  constructor(clock: AlarmClock) {
    this.clock = new TestClock(clock);
  }

  /** Moves the clock ahead. Resolves when what came due on the way is done and written. */
  advance(durationMs: number, { store }: Pick<TestedParts, 'store'>): Promise<void> {
    return this.#inOrder(() => this.clock.advance(durationMs, () => settle(store)));
  }

  /** Throws everybody out, removes all that the server holds but its keys, and sets the clock right. */
  reset({ throttle, ...parts }: TestedParts): Promise<void> {
    return this.#inOrder(async () => {
      this.failures.clear();
      await resetStore(parts);
      throttle?.clear();
      this.clock.reset();
    });
  }

  close(): void {
    this.failures.close();
  }

  #inOrder(order: () => Promise<void>): Promise<void> {
    const result = this.#carriedOut.then(order);
    this.#carriedOut = result.catch(() => undefined); // whoever gave the order is told
    return result;
  }
}

/** Lets what has begun get on, through its writes: those that are asked for earlier are done earlier. */
async function settle(store: TestedParts['store']): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await setImmediate();
    await store.write(async () => {});
  }
}
