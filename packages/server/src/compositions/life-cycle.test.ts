import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DestinationReport } from './composition-media.ts';
import { compositionRecord } from './composition-record.fixture.ts';
import type { CompositionRecord } from './composition-table.ts';
import { advance, type CompositionEvent, type Happening, hasEnded } from './life-cycle.ts';

const now = new Date('2026-11-21T20:05:02Z');

const active = (destinationId = 'a'): Happening => report({ destinationId, state: 'ACTIVE' });
const reconnecting = (destinationId = 'a'): Happening => report({ destinationId, state: 'RECONNECTING' });
const stopped = (destinationId = 'a'): Happening => report({ destinationId, state: 'STOPPED' });
const failed = (destinationId = 'a'): Happening =>
  report({ destinationId, state: 'FAILED', errorCode: 'ConflictException', reason: 'Stream already exists' });
const stop: Happening = { type: 'stop' };
const mediaEnded: Happening = { type: 'mediaEnded' };
const mediaBroken: Happening = { type: 'mediaBroken' };
const interrupted: Happening = { type: 'interrupted' };
const stageDeleted: Happening = { type: 'stageDeleted' };

function report(report: DestinationReport): Happening {
  return { type: 'report', report };
}

/** How a composition stands after some happenings, and what was told. */
function follow(happenings: readonly Happening[], destinationIds = ['a']) {
  let composition = compositionRecord(...destinationIds);
  const events: CompositionEvent[] = [];
  for (const happening of happenings) {
    const step = advance(composition, happening, now);
    composition = step.composition;
    events.push(...step.events);
  }
  const states = [composition.state, ...composition.destinations.map(({ state }) => state)];
  return { composition, states: states.join(' '), told: events.map(inWords) };
}

function inWords(event: CompositionEvent): string {
  const subject = 'destinationId' in event ? ` ${event.destinationId}` : '';
  return `${event.name}${subject}${'errorCode' in event ? `: ${event.errorCode}` : ''}`;
}

/** Happenings → the states after them, and what was told. One destination unless two are named. */
const stories: [string, Happening[], string, string[]][] = [
  ['nothing happens', [], 'STARTING STARTING', []],
  ['it starts', [active()], 'ACTIVE ACTIVE', ['Destination Start a', 'Session Start']],
  ['it starts twice', [active(), active()], 'ACTIVE ACTIVE', ['Destination Start a', 'Session Start']],
  ['it is stopped before it starts', [stop], 'STOPPING STOPPING', []],
  ['it has stopped before it starts', [stop, mediaEnded], 'STOPPED STOPPED', ['Destination End a', 'Session End']],
  [
    'it is stopped, and its destination has ended',
    [active(), stop, stopped(), mediaEnded],
    'STOPPED STOPPED',
    ['Destination Start a', 'Session Start', 'Destination End a', 'Session End'],
  ],
  [
    'it starts too late',
    [stop, active(), reconnecting(), mediaEnded],
    'STOPPED STOPPED',
    ['Destination End a', 'Session End'],
  ],
  ['it is stopped twice', [active(), stop, stop], 'STOPPING STOPPING', ['Destination Start a', 'Session Start']],
  [
    'its destination fails',
    [failed()],
    'FAILED FAILED',
    ['Destination Failure a: ConflictException', 'Session Failure: DestinationFailure'],
  ],
  [
    'its destination fails while it is stopped',
    [active(), stop, failed()],
    'FAILED FAILED',
    [
      'Destination Start a',
      'Session Start',
      'Destination Failure a: ConflictException',
      'Session Failure: DestinationFailure',
    ],
  ],
  [
    'its destination ends by itself',
    [active(), stopped()],
    'STOPPED STOPPED',
    ['Destination Start a', 'Session Start', 'Destination End a', 'Session End'],
  ],
  [
    'it loses its connection and has it again',
    [active(), reconnecting(), reconnecting(), active()],
    'ACTIVE ACTIVE',
    ['Destination Start a', 'Session Start', 'Destination Reconnecting a'],
  ],
  ['it never had a connection to lose', [reconnecting()], 'STARTING STARTING', []],
  ['the server was away before it started', [interrupted], 'STARTING STARTING', []],
  [
    'the server was away',
    [active(), interrupted, active()],
    'ACTIVE ACTIVE',
    ['Destination Start a', 'Session Start', 'Destination Reconnecting a'],
  ],
  ['the server was away while it was stopped', [stop, interrupted], 'STOPPING STOPPING', []],
  [
    'the stage is deleted',
    [active(), stageDeleted],
    'FAILED STOPPED',
    ['Destination Start a', 'Session Start', 'Destination End a', 'Session Failure: StageDeleted'],
  ],
  [
    'the stage is deleted before it starts',
    [stageDeleted],
    'FAILED STOPPED',
    ['Destination End a', 'Session Failure: StageDeleted'],
  ],
  [
    'the stage is deleted while it is stopped',
    [stop, stageDeleted, mediaEnded],
    'STOPPED STOPPED',
    ['Destination End a', 'Session End'],
  ],
  [
    'the media cannot be started',
    [mediaBroken],
    'FAILED FAILED',
    ['Destination Failure a: InternalServerException', 'Session Failure: InternalServerException'],
  ],
  ['somebody else is reported', [active('x'), failed('x')], 'STARTING STARTING', []],
];

for (const [story, happenings, states, told] of stories) {
  test(`a composition when ${story}`, () => {
    const outcome = follow(happenings);
    assert.deepEqual({ states: outcome.states, told: outcome.told }, { states, told });
  });
}

test('one destination that fails does not stop the other', () => {
  const both = ['a', 'b'];
  const first = follow([failed('a')], both);
  assert.equal(first.states, 'STARTING FAILED STARTING');
  const running = follow([active('a'), active('b'), failed('a')], both);
  assert.equal(running.states, 'ACTIVE FAILED ACTIVE');
  const ended = follow([active('a'), active('b'), failed('a'), stop, mediaEnded], both);
  assert.equal(ended.states, 'STOPPED FAILED STOPPED');
  assert.deepEqual(ended.told, [
    'Destination Start a',
    'Session Start',
    'Destination Start b',
    'Destination Failure a: ConflictException',
    'Destination End b',
    'Session End',
  ]);
});

test('a composition has failed when all its destinations have', () => {
  const { states, told } = follow([active('a'), failed('a'), failed('b')], ['a', 'b']);
  assert.equal(states, 'FAILED FAILED FAILED');
  assert.deepEqual(told.slice(-1), ['Session Failure: DestinationFailure']);
});

test('each destination has ended before its session has', () => {
  const { told } = follow([active('a'), active('b'), stop, mediaEnded], ['a', 'b']);
  assert.deepEqual(told.slice(-3), ['Destination End a', 'Destination End b', 'Session End']);
});

test('the documented reasons are told', () => {
  const reasons = [failed(), mediaBroken, stageDeleted].map((happening) =>
    advance(compositionRecord('a'), happening, now).events.map((event) => ('reason' in event ? event.reason : '')),
  );
  assert.deepEqual(reasons, [
    ['Stream already exists', 'One or more outputs failed'],
    ['Service internal error', 'Service internal error'],
    ['', 'Stage has been deleted'],
  ]);
});

test('a destination has a start once it is active, and an end once it has ended', () => {
  const { composition } = follow([active('a'), stop, mediaEnded], ['a', 'b']);
  const [a, b] = composition.destinations;
  assert.deepEqual([a?.startTime, a?.endTime, b?.startTime, b?.endTime], [now, now, undefined, now]);
  assert.deepEqual(composition.endTime, now);
});

const destinationId = fc.constantFrom('a', 'b');
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(active, reconnecting), destinationId).map(([make, id]) => make(id)),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(stopped, failed), destinationId).map(([make, id]) => make(id)) },
  { weight: 2, arbitrary: fc.constantFrom(stop, mediaEnded, mediaBroken, interrupted, stageDeleted) },
);
const destinationIds = fc.constantFrom(['a'], ['a', 'b']);

/** What of each step must hold whatever happened before. */
function checkStep(before: CompositionRecord, happening: Happening): CompositionEvent[] {
  const { composition: after, events } = advance(before, happening, now);
  if (hasEnded(before)) {
    assert.equal(after, before);
    assert.deepEqual(events, []);
  }
  const allEnded = after.destinations.every(hasEnded);
  assert.equal(hasEnded(after), allEnded, 'a composition ends with its last destination');
  assert.equal(after.endTime !== undefined, hasEnded(after));
  for (const destination of after.destinations) {
    assert.equal(destination.endTime !== undefined, hasEnded(destination));
    const old = before.destinations.find(({ id }) => id === destination.id);
    if (old && hasEnded(old)) assert.equal(destination, old, 'a destination that has ended stays as it is');
    if (after.state === 'STOPPING') assert.ok(hasEnded(destination) || destination.state === 'STOPPING');
    if (destination.state === 'ACTIVE' || destination.state === 'RECONNECTING') assert.equal(after.state, 'ACTIVE');
  }
  return [...events];
}

test('whatever happens, what starts ends once, the session last of all', () => {
  fc.assert(
    fc.property(destinationIds, fc.array(anyHappening, { maxLength: 30 }), (ids, happenings) => {
      let composition = compositionRecord(...ids);
      const told: string[] = [];
      for (const happening of [...happenings, stop, mediaEnded]) {
        told.push(...checkStep(composition, happening).map(inWords));
        composition = advance(composition, happening, now).composition;
      }

      assert.ok(hasEnded(composition), 'what is stopped ends');
      const places = (pattern: RegExp) => told.flatMap((words, place) => (pattern.test(words) ? [place] : []));
      const [sessionEnd, ...moreEnds] = places(/^Session (End|Failure)/);
      assert.deepEqual([sessionEnd, moreEnds], [told.length - 1, []], 'the end of the session is the last word');
      const [sessionStart, ...moreStarts] = places(/^Session Start/);
      assert.deepEqual(moreStarts, []);
      const starts = places(/^Destination Start/);
      assert.equal(sessionStart, starts[0] === undefined ? undefined : starts[0] + 1, 'the first start starts it');
      for (const { id, startTime } of composition.destinations) {
        const start = places(new RegExp(`^Destination Start ${id}`));
        const end = places(new RegExp(`^Destination (End|Failure) ${id}`));
        assert.equal(end.length, 1);
        assert.equal(start.length, startTime === undefined ? 0 : 1);
        for (const place of [...start, ...places(new RegExp(`^Destination Reconnecting ${id}`))]) {
          assert.ok(place < (end[0] ?? 0), 'nothing is told of a destination after its end');
        }
        for (const place of places(new RegExp(`^Destination Reconnecting ${id}`))) {
          assert.ok((start[0] ?? Number.POSITIVE_INFINITY) < place, 'what is lost was there');
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
