import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { Publication } from '@proscenium/media';
import type { LiveStageEvents, StageRef } from '../participants/live-stages.ts';
import { ComposedPublishers, type ComposedStages } from './composed-publishers.ts';

const stage: StageRef = { account: '123456789012', region: 'us-west-2', stageId: 'Fr1dayShow01' };

/** Stages of which a test says who publishes, in the order of their joins. */
class HandStages extends EventEmitter<LiveStageEvents> implements ComposedStages {
  readonly present = new Map<string, { publication: Publication; claims: { attributes: Record<string, string> } }>();

  publishers(): readonly string[] {
    return [...this.present.keys()];
  }

  publisher(_stage: StageRef, participantId: string) {
    return this.present.get(participantId);
  }

  publish(participantId: string, attributes: Record<string, string> = {}): void {
    this.present.set(participantId, { publication: {} as Publication, claims: { attributes } });
    this.emit('published', stage, participantId);
  }

  unpublish(participantId: string): void {
    this.present.delete(participantId);
    this.emit('unpublished', stage, participantId);
  }
}

function follow(stages: HandStages) {
  const told: string[] = [];
  const publishers = new ComposedPublishers(stages, stage, (all) =>
    told.push(all.map(({ participantId, attributes }) => participantId + (attributes.order ?? '')).join(' ')),
  );
  return { told, publishers };
}

test('publishers come in the order in which they began to publish, and go', () => {
  const stages = new HandStages();
  stages.publish('p-1');
  stages.publish('p-2');
  const { told } = follow(stages);
  stages.publish('p-0');
  stages.unpublish('p-1');
  stages.unpublish('p-2');
  stages.unpublish('p-0');
  assert.deepEqual(told, ['p-1 p-2', 'p-1 p-2 p-0', 'p-2 p-0', 'p-0', '']);
});

test('who publishes anew arrives anew, also where nobody saw him go', () => {
  const stages = new HandStages();
  stages.publish('p-1');
  stages.publish('p-2');
  const { told, publishers } = follow(stages);
  stages.publish('p-1');
  assert.deepEqual(told, ['p-1 p-2', 'p-2 p-1']);
  publishers.close();
  stages.publish('p-3');
  assert.equal(told.length, 2);
  assert.equal(stages.eventNames().length, 0);
});

test('changed attributes are told, and nothing is told where nothing has changed', () => {
  const stages = new HandStages();
  stages.publish('p-1', { order: '1' });
  const { told } = follow(stages);
  stages.emit('changed', stage, 'p-1');
  stages.emit('published', { ...stage, stageId: 'another' }, 'p-1');
  const present = stages.present.get('p-1');
  if (present) stages.present.set('p-1', { ...present, claims: { attributes: { order: '-7' } } });
  stages.emit('changed', stage, 'p-1');
  assert.deepEqual(told, ['p-11', 'p-1-7']);
});
