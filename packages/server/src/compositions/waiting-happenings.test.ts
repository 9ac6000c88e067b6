import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compositionRecord } from './composition-record.fixture.ts';
import { advance, type Happening } from './life-cycle.ts';
import { WaitingHappenings } from './waiting-happenings.ts';

const time = new Date('2026-11-21T20:05:02Z');
const report = (destinationId: string, state: 'ACTIVE' | 'RECONNECTING' | 'STOPPED'): Happening => ({
  type: 'report',
  report: { destinationId, state },
});

function waitingAfter(happenings: readonly Happening[]): Happening[] {
  const waiting = new WaitingHappenings();
  for (const happening of happenings) waiting.add({ happening, time });
  return Array.from({ length: waiting.size }, () => waiting.takeFirst()?.happening as Happening);
}

test('what happened is taken in its order', () => {
  const happened = [report('a', 'ACTIVE'), report('b', 'ACTIVE'), { type: 'stop' }, report('a', 'STOPPED')] as const;
  assert.deepEqual(waitingAfter(happened), happened);
});

test('what is put back comes first again, and knows its time', () => {
  const waiting = new WaitingHappenings();
  const first = { happening: report('a', 'ACTIVE'), time };
  waiting.add(first);
  waiting.add({ happening: { type: 'stop' }, time: new Date() });
  const taken = waiting.takeFirst();
  assert.equal(taken, first);
  waiting.putBack(first);
  assert.equal(waiting.size, 2);
  assert.equal(waiting.takeFirst(), first);
});

test('what says nothing new is left out', () => {
  assert.deepEqual(waitingAfter([{ type: 'stop' }, { type: 'stop' }]), [{ type: 'stop' }]);
  assert.deepEqual(waitingAfter([report('a', 'STOPPED'), report('a', 'ACTIVE')]), [report('a', 'STOPPED')]);
});

test('a connection that comes and goes is remembered by its start and its last change', () => {
  const flapping = [report('a', 'RECONNECTING'), report('a', 'ACTIVE'), report('a', 'RECONNECTING')];
  assert.deepEqual(waitingAfter(flapping), flapping.slice(1));
  assert.deepEqual(waitingAfter([...flapping, report('a', 'ACTIVE')]), [flapping[0], flapping[1]]);
});

const anyHappening = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('ACTIVE', 'RECONNECTING', 'STOPPED'))
    .map(([id, state]) => report(id as string, state as 'ACTIVE')),
  fc.constantFrom<Happening>({ type: 'stop' }, { type: 'mediaEnded' }, { type: 'mediaBroken' }),
);

test('few things wait, and what they come to is what everything would have come to', () => {
  fc.assert(
    fc.property(fc.array(anyHappening, { maxLength: 50 }), fc.array(anyHappening), (before, happenings) => {
      // A destination that has ended says no more.
      const kept = waitingAfter(endedOnce(happenings));
      assert.ok(kept.length <= 9, `${kept.length} wait`);
      const states = (story: readonly Happening[]) => {
        const end = story.reduce(
          (composition, next) => advance(composition, next, time).composition,
          compositionRecord('a', 'b'),
        );
        return [end.state, ...end.destinations.map(({ state }) => state)];
      };
      const earlier = endedOnce(before);
      assert.deepEqual(states([...earlier, ...kept]), states([...earlier, ...endedOnce(happenings)]));
    }),
    { numRuns: 1_000 },
  );
});

function endedOnce(happenings: readonly Happening[]): Happening[] {
  const ended = new Set<string>();
  return happenings.filter((happening) => {
    if (happening.type !== 'report') return true;
    const { destinationId, state } = happening.report;
    const told = ended.has(destinationId);
    if (state === 'STOPPED') ended.add(destinationId);
    return !told;
  });
}
