import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ParticipantState } from '../connection/messages.ts';
import { compareStates, indexState, type StageChange } from './stage-state.ts';

function participant(id: string, members: Partial<ParticipantState> = {}): ParticipantState {
  return {
    id,
    userId: id,
    attributes: {},
    capabilities: undefined,
    isPublishing: false,
    publishId: undefined,
    audioMuted: false,
    videoStopped: false,
    tracks: undefined,
    ...members,
  };
}

function changes(before: ParticipantState[], now: ParticipantState[]): string[] {
  const write = (change: StageChange) =>
    change.change === 'muted' ? `${change.id} muted ${change.kind}` : `${change.id} ${change.change}`;
  return compareStates(indexState(before), indexState(now)).map(write);
}

describe('compareStates', () => {
  it('tells nothing when nothing has changed', () => {
    const state = [participant('ann', { attributes: { a: '1' } }), participant('bob', { isPublishing: true })];
    assert.deepEqual(changes(state, structuredClone(state)), []);
  });

  it('tells that somebody joined before that it publishes', () => {
    assert.deepEqual(changes([], [participant('bob', { isPublishing: true, publishId: 'p' })]), [
      'bob joined',
      'bob published',
    ]);
  });

  it('tells that somebody publishes no more before that it left', () => {
    assert.deepEqual(changes([participant('bob', { isPublishing: true })], []), ['bob unpublished', 'bob left']);
  });

  it('tells who left before who came', () => {
    assert.deepEqual(changes([participant('ann')], [participant('bob')]), ['ann left', 'bob joined']);
  });

  it('sees a quick republish by its id', () => {
    const before = [participant('bob', { isPublishing: true, publishId: 'one' })];
    const now = [participant('bob', { isPublishing: true, publishId: 'two' })];
    assert.deepEqual(changes(before, now), ['bob unpublished', 'bob published']);
  });

  it('sees the start and the end of publishing where the server gives no id', () => {
    const idle = [participant('bob')];
    const busy = [participant('bob', { isPublishing: true })];
    assert.deepEqual(changes(idle, busy), ['bob published']);
    assert.deepEqual(changes(busy, idle), ['bob unpublished']);
  });

  it('tells mute flags one by one', () => {
    const before = [participant('bob', { audioMuted: true })];
    const now = [participant('bob', { videoStopped: true })];
    assert.deepEqual(changes(before, now), ['bob muted audio', 'bob muted video']);
  });

  it('tells new metadata, whichever attribute came, went or changed', () => {
    const before = [participant('bob', { attributes: { a: '1' } })];
    const others: Record<string, string>[] = [{}, { a: '2' }, { b: '1' }, { a: '1', b: '2' }];
    for (const attributes of others) {
      assert.deepEqual(changes(before, [participant('bob', { attributes })]), ['bob metadata']);
    }
    assert.deepEqual(changes(before, [participant('bob', { attributes: { a: '1' }, userId: 'Bob' })]), [
      'bob metadata',
    ]);
  });
});
