import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { Writer } from '../store/sqlite/writer.ts';
import type { Database, Store } from '../store/store.ts';
import { until } from '../until.fixture.ts';
import { listDeadLetters } from './dead-letter-table.ts';
import type { EventTarget, Outcome, OutgoingEvent } from './event-target.ts';
import { startOutbox } from './outbox.fixture.ts';
import type { OutboxLimits } from './outbox-limits.ts';
import { happening } from './service-event.fixture.ts';

const HOUR_MS = 60 * 60 * 1_000;
const hours = (count: number) => count * HOUR_MS;
const all = { before: Number.MAX_SAFE_INTEGER, limit: 1_000 };

/** A target in this process, whose answers the test gives. */
class HandTarget implements EventTarget {
  readonly name: string;
  readonly batchSize: number;
  /** Numbers of the events of each request, in their order. */
  readonly requests: number[][] = [];
  readonly delivered: number[] = [];
  /** What becomes of an event. */
  answer: (number: number) => Outcome | Promise<Outcome> = () => 'delivered';
  underWay = 0;
  mostUnderWay = 0;
  aborted = false;

  constructor(name = 'hand', batchSize = 1) {
    this.name = name;
    this.batchSize = batchSize;
  }

  async deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<Outcome[]> {
    signal.addEventListener('abort', () => {
      this.aborted = true;
    });
    const numbers = events.map(({ json }): number => JSON.parse(json).detail.number);
    this.requests.push(numbers);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const outcomes = await Promise.all(numbers.map((number) => this.answer(number)));
    this.underWay -= 1;
    numbers.forEach((number, index) => {
      if (outcomes[index] === 'delivered') this.delivered.push(number);
    });
    return outcomes;
  }

  close(): void {}
}

async function start(t: TestContext, target: HandTarget, limits: Partial<OutboxLimits> = {}, store?: Store) {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const running = await startOutbox(t, { clock, targets: [target], limits, store });
  return { clock, ...running };
}

/** A store that asks the test before each write. */
async function openHandStore(t: TestContext): Promise<Store & { beforeWrite: () => Promise<void> }> {
  const store = await openTestStore(t);
  const handStore = {
    ...store,
    beforeWrite: async () => {},
    write: async <T>(work: (trx: Database) => Promise<T>) => {
      await handStore.beforeWrite();
      return store.write(work);
    },
  };
  return handStore;
}

async function dead(store: Store): Promise<[number: number, reason: string][]> {
  const letters = await listDeadLetters(store.db, scope, { targets: undefined }, all);
  return letters.reverse().map(({ envelopeJson, reason }) => [JSON.parse(envelopeJson).detail.number, reason]);
}

async function count(store: Store, table: 'events' | 'event_deliveries'): Promise<number> {
  return (await store.db.selectFrom(table).select('seq').execute()).length;
}

test('a target that fails is tried again after one second, two, four, up to a minute', async (t) => {
  const target = new HandTarget();
  target.answer = () => ({ failed: 'HTTP 503' });
  const { clock, record } = await start(t, target);
  await record(happening('a', 1));
  const delays: number[] = [];
  for (const delayS of [1, 2, 4, 8, 16, 32, 60, 60]) {
    // One alarm for the target, one for the event.
    await until(() => clock.alarms === 2);
    const attempts = target.requests.length;
    clock.advance(delayS * 1_000 - 1);
    await setImmediate();
    assert.equal(target.requests.length, attempts);
    clock.advance(1);
    await until(() => target.requests.length > attempts);
    delays.push(delayS);
  }
  target.answer = () => 'delivered';
  await until(() => clock.alarms === 2);
  clock.advance(60_000);
  await until(() => target.delivered.length === 1);
  assert.equal(target.requests.length, delays.length + 2);
});

test('a target that is out is tried by one request at a time, each time for another resource', async (t) => {
  const target = new HandTarget();
  target.answer = () => ({ failed: 'ECONNREFUSED' });
  const { clock, record, dispatcher } = await start(t, target);
  await record(happening('a', 1));
  await until(() => clock.alarms === 2);
  await record(happening('b', 2), happening('c', 3), happening('d', 4));
  await until(() => dispatcher.pending === 4);
  assert.equal(target.requests.length, 1);
  clock.advance(1_000);
  await until(() => target.requests.length === 2 && clock.alarms >= 2);
  assert.deepEqual(target.requests, [[1], [2]]);
  target.answer = () => 'delivered';
  clock.advance(2_000);
  await until(() => target.delivered.length === 4);
});

test('an event that fails holds up its own resource alone', async (t) => {
  const target = new HandTarget();
  target.answer = (number) => (number === 1 ? { failed: 'HTTP 500' } : 'delivered');
  const { clock, record, dispatcher } = await start(t, target);
  await record(happening('a', 1), happening('a', 2));
  await until(() => clock.alarms === 2);
  await record(happening('b', 3), happening('b', 4), happening('c', 5));
  await until(() => dispatcher.pending === 5);
  clock.advance(1_000);
  await until(() => target.delivered.length === 3);
  assert.deepEqual(target.delivered.toSorted(), [3, 4, 5]);
  target.answer = () => 'delivered';
  clock.advance(60_000);
  await until(() => target.delivered.length === 5);
  assert.deepEqual(target.delivered.slice(3), [1, 2]);
});

test('a refused event becomes a dead letter, and the next one of its resource goes', async (t) => {
  const target = new HandTarget();
  target.answer = (number) => (number === 1 ? { refused: 'HTTP 400' } : 'delivered');
  const { store, record, clock } = await start(t, target);
  await record(happening('a', 1), happening('a', 2));
  await until(() => target.delivered.length === 1);
  assert.deepEqual(await dead(store), [[1, 'HTTP 400']]);
  assert.equal(clock.alarms, 0);
});

test('in a batch each event has its own outcome', async (t) => {
  const target = new HandTarget('hand', 10);
  const outcomes: Record<number, Outcome> = { 1: { refused: 'MalformedDetail' }, 2: { failed: 'ThrottlingException' } };
  target.answer = (number) => outcomes[number] ?? 'delivered';
  const { store, record, clock } = await start(t, target);
  await record(happening('a', 1), happening('b', 2), happening('c', 3), happening('b', 4));
  await until(() => target.delivered.length === 1 && clock.alarms === 1);
  delete outcomes[2];
  clock.advance(1_000);
  await until(() => target.delivered.length === 3);
  assert.deepEqual(target.delivered, [3, 2, 4]);
  assert.deepEqual(await dead(store), [[1, 'MalformedDetail']]);
});

test('a request has one event of a resource and a batch of them at most, and requests are bounded', async (t) => {
  const target = new HandTarget('hand', 4);
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  target.answer = () => promise;
  const { record } = await start(t, target, { requests: 3 });
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  await record(...numbers.map((number) => happening(`stage${number % 30}`, number)));
  await until(() => target.underWay === 3);
  resolve('delivered');
  await until(() => target.delivered.length === 200);
  assert.equal(target.mostUnderWay, 3);
  for (const request of target.requests) {
    assert.ok(request.length <= 4);
    assert.equal(new Set(request.map((number) => number % 30)).size, request.length);
  }
  assert.deepEqual(
    target.delivered.filter((number) => number % 30 === 7),
    numbers.filter((number) => number % 30 === 7),
  );
});

test('what was tried for a day becomes a dead letter, and what is as old goes with it', async (t) => {
  const target = new HandTarget();
  target.answer = () => ({ failed: 'HTTP 503' });
  const { clock, record, store } = await start(t, target);
  await record(happening('a', 1), happening('a', 2), happening('b', 3));
  await until(() => clock.alarms >= 2);
  clock.advance(hours(23));
  await record(happening('a', 4));
  await until(() => clock.alarms >= 2);
  clock.advance(hours(1));
  await until(async () => (await dead(store)).length === 3);
  const reasons = new Map(await dead(store));
  assert.deepEqual([...reasons.keys()], [1, 2, 3]);
  assert.equal(reasons.get(2), 'given up after 24 hours');
  assert.ok([...reasons.values()].includes('HTTP 503; given up after 24 hours'));
  target.answer = () => 'delivered';
  await until(() => clock.alarms >= 1);
  clock.advance(60_000);
  await until(() => target.delivered.length === 1);
  assert.deepEqual(target.delivered, [4]);
});

test('of a backlog beyond the bound the oldest become dead letters, and of those the oldest are dropped', async (t) => {
  const target = new HandTarget();
  target.answer = () => ({ failed: 'HTTP 503' });
  const { clock, record, store } = await start(t, target, { backlog: 5, deadLetters: 3, eventsKept: 2 });
  await record(happening('a', 0));
  await until(() => clock.alarms === 2);
  await record(...Array.from({ length: 12 }, (_, index) => happening(`stage${index % 2}`, index + 1)));
  await until(async () => (await count(store, 'event_deliveries')) === 8);
  const letters = await dead(store);
  assert.deepEqual(
    letters.map(([number]) => number),
    [5, 6, 7],
  );
  assert.equal(letters[0]?.[1], 'More than 5 events waited for the target');
  assert.equal(await count(store, 'events'), 8);

  target.answer = () => 'delivered';
  clock.advance(60_000);
  await until(() => target.delivered.length === 5);
  assert.deepEqual(
    target.delivered.toSorted((one, two) => one - two),
    [8, 9, 10, 11, 12],
  );
});

test('what is put away while a request ends is not sent, and what is behind it neither before it is put away', async (t) => {
  const store = await openHandStore(t);
  const target = new HandTarget();
  const first = Promise.withResolvers<Outcome>();
  target.answer = (number) => (number === 0 ? first.promise : 'delivered');
  const { record, outbox, dispatcher } = await start(t, target, { backlog: 4, requests: 1 }, store);
  await record(happening('x', 0));
  await until(() => target.underWay === 1);

  const held = Promise.withResolvers<void>();
  const letThrough = Promise.withResolvers<void>();
  outbox.once('changed', () => {
    // The next write is the one that puts away.
    store.beforeWrite = () => {
      store.beforeWrite = async () => {};
      held.resolve();
      return letThrough.promise;
    };
  });
  await record(...[1, 2, 3, 4, 5, 6].map((number) => happening('y', number)));
  await held.promise;
  first.resolve('delivered');
  await until(() => dispatcher.pending === 6);
  await setImmediate();
  assert.deepEqual(target.requests, [[0]]);

  letThrough.resolve();
  await until(() => dispatcher.pending === 0);
  assert.deepEqual(target.delivered, [0, 4, 5, 6]);
  const reason = 'More than 4 events waited for the target';
  assert.deepEqual(
    await dead(store),
    [1, 2, 3].map((number) => [number, reason]),
  );
  assert.equal(await count(store, 'event_deliveries'), 3);
});

test('a backlog that cannot be put away holds up no reading and no other target, and is put away later', async (t) => {
  const store = await openHandStore(t);
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const targets = ['one', 'two'].map((name) => new HandTarget(name, 100));
  for (const target of targets) target.answer = () => promise;
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const limits = { backlog: 900, requests: 1 };
  const { outbox, record, dispatcher } = await startOutbox(t, { clock, targets, limits, store });
  let refused = 0;
  outbox.once('changed', () => {
    store.beforeWrite = async () => {
      // The first target's, after each portion of what was recorded.
      refused += 1;
      if (refused % 2 === 1) throw new Error('the disk is full');
    };
  });
  await record(...Array.from({ length: 1_000 }, (_, number) => happening(`stage${number % 200}`, number)));
  await until(() => clock.alarms === 1);
  // All was read; one target has 900 of it left, the other one everything.
  assert.equal(dispatcher.pending, 1_900);
  store.beforeWrite = async () => {};
  clock.advance(1_000);
  await until(() => dispatcher.pending === 1_800);
  resolve('delivered');
  await until(() => dispatcher.pending === 0);
  for (const { delivered } of targets) assert.equal(delivered.length, 900);
  assert.equal(clock.alarms, 0);
});

test('of delivered events the newest alone stay', async (t) => {
  const target = new HandTarget('hand', 10);
  const { record, store, dispatcher } = await start(t, target, { eventsKept: 10 });
  await record(...Array.from({ length: 1_100 }, (_, number) => happening(`stage${number % 50}`, number)));
  await until(() => target.delivered.length === 1_100);
  await dispatcher.close();
  assert.equal(await count(store, 'event_deliveries'), 0);
  assert.equal(await count(store, 'events'), 10);
});

test('events for a target that is gone become dead letters at the next start', async (t) => {
  const store = await openTestStore(t);
  const gone = new HandTarget('gone');
  gone.answer = () => ({ failed: 'ECONNREFUSED' });
  const first = await start(t, gone, {}, store);
  await first.record(happening('a', 1));
  await first.dispatcher.close();
  await start(t, new HandTarget('other'), {}, store);
  assert.deepEqual(await dead(store), [[1, 'There is no target of this name any more']]);
});

test('however much waits for a target that is gone is put away in portions, and no more of it kept than of others', async (t) => {
  const store = await openHandStore(t);
  const gone = new HandTarget('gone');
  gone.answer = () => ({ failed: 'ECONNREFUSED' });
  const first = await start(t, gone, {}, store);
  await first.record(...Array.from({ length: 2_500 }, (_, number) => happening('a', number)));
  await first.dispatcher.close();
  const before: number[] = [];
  store.beforeWrite = async () => void before.push(await count(store, 'event_deliveries'));
  await start(t, new HandTarget('other'), { deadLetters: 700 }, store);
  assert.equal(before[0], 2_500);
  assert.equal(before.length, 3);
  const letters = await dead(store);
  assert.equal(letters.length, 700);
  assert.deepEqual([letters[0]?.[0], letters.at(-1)?.[0]], [1_800, 2_499]);
});

test('a target that refuses everything costs one burial a request, and seldom a look at all that is buried', async (t) => {
  const target = new HandTarget('hand', 10);
  target.answer = () => ({ refused: 'HTTP 400' });
  const { store, record } = await start(t, target, { deadLetters: 5_000 });
  const statements: string[] = [];
  const { run } = Writer.prototype;
  t.mock.method(Writer.prototype, 'run', function (this: Writer, ...statement: Parameters<typeof run>) {
    statements.push(statement[0]);
    return run.apply(this, statement);
  });
  await record(...Array.from({ length: 200 }, (_, number) => happening(`stage${number % 20}`, number)));
  await until(async () => (await dead(store)).length === 200);
  const burials = statements.filter((sql) => sql.startsWith('update "event_deliveries"'));
  assert.equal(burials.length, target.requests.length);
  // At the first, and after each hundredth of what is kept.
  const looks = statements.filter((sql) => sql.includes(' offset '));
  assert.ok(looks.length >= 1 && looks.length <= 1 + 200 / 50, `${looks.length} looks`);
});

test('what an earlier run has left is delivered by the next one', async (t) => {
  const store = await openTestStore(t);
  const target = new HandTarget('hand', 10);
  target.answer = () => ({ failed: 'ECONNREFUSED' });
  const first = await start(t, target, {}, store);
  await first.record(...Array.from({ length: 1_100 }, (_, number) => happening(`stage${number % 100}`, number)));
  await first.dispatcher.close();
  assert.equal(first.clock.alarms, 0);
  target.answer = () => 'delivered';
  await start(t, target, {}, store);
  await until(() => target.delivered.length === 1_100);
  const ofOne = target.delivered.filter((number) => number % 100 === 3);
  assert.deepEqual(
    ofOne,
    ofOne.toSorted((one, two) => one - two),
  );
});

test('whatever happens on the way, every event is delivered or a dead letter, in the order of its resource', async (t) => {
  const outcome = fc.constantFrom<Outcome>('delivered', 'delivered', { failed: 'HTTP 500' }, { refused: 'HTTP 400' });
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
    fc.infiniteStream(outcome),
    fc.integer({ min: 1, max: 10 }),
    async (stages, outcomes, batchSize) => {
      const target = new HandTarget('hand', batchSize);
      target.answer = () => outcomes.next().value;
      const { clock, record, store, dispatcher } = await start(t, target);
      await record(...stages.map((stage, number) => happening(`stage${stage}`, number)));
      await until(() => dispatcher.pending > 0 || target.requests.length > 0);
      await until(() => {
        if (target.underWay === 0) clock.advance(60_000);
        return dispatcher.pending === 0;
      });
      const letters = (await dead(store)).map(([number]) => number);
      const ended = [...target.delivered, ...letters].toSorted((one, two) => one - two);
      assert.deepEqual(ended, [...stages.keys()]);
      for (let stage = 0; stage < 5; stage += 1) {
        const attempts = target.requests.flat().filter((number) => stages[number] === stage);
        assert.deepEqual(
          attempts,
          attempts.toSorted((one, two) => one - two),
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 10 });
});

test('closing waits for requests under way, and breaks them off when they take long', async (t) => {
  const target = new HandTarget();
  const answered = Promise.withResolvers<Outcome>();
  target.answer = () => answered.promise;
  const { record, dispatcher, store } = await start(t, target);
  await record(happening('a', 1), happening('a', 2));
  await until(() => target.underWay === 1);
  const closing = dispatcher.close();
  await until(() => target.aborted);
  answered.resolve('delivered');
  await closing;
  assert.equal(target.requests.length, 1);
  assert.equal(await count(store, 'event_deliveries'), 1);
});

test('nothing is told of what was taken back, and nobody gets what he does not want', async (t) => {
  const target = new HandTarget();
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const { outbox, record, store } = await startOutbox(t, {
    clock,
    targets: [target],
    wants: ({ detail }) => detail.number !== 2,
  });
  await assert.rejects(
    store.write(async (trx) => {
      await outbox.record(trx, happening('a', 1));
      throw new Error('changed my mind');
    }),
  );
  await record(happening('a', 2), happening('a', 3));
  await until(() => target.delivered.length === 1);
  assert.deepEqual(target.delivered, [3]);
  assert.equal(await count(store, 'events'), 2);
});
