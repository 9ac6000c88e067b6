import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from '@proscenium/media/layout';
import { layoutOf, samplePeople, usualLayout } from './layout-choice.ts';

const picture = { width: 1280, height: 720 };

test('the usual layout shows everybody alike', () => {
  const tiles = arrange(layoutOf(usualLayout), samplePeople(4, usualLayout), picture);
  assert.equal(tiles.length, 4);
  assert.equal(new Set(tiles.map(({ width, height }) => `${width}×${height}`)).size, 1);
});

test('the first of the sample is featured where an attribute features somebody', () => {
  const choice = { ...usualLayout, grid: { featuredParticipantAttribute: 'star' } };
  const [first, ...others] = arrange(layoutOf(choice), samplePeople(4, choice), picture);
  assert.equal(first?.participantId, '1');
  assert.ok(others.every(({ width }) => width < (first?.width ?? 0)));
});

test('the second of the sample is in the window, above the others', () => {
  const choice = { ...usualLayout, kind: 'pip' as const, pip: { pipParticipantAttribute: 'small' } };
  const tiles = arrange(layoutOf(choice), samplePeople(3, choice), picture);
  assert.equal(tiles.at(-1)?.participantId, '2');
});
