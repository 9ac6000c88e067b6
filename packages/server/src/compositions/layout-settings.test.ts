import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillLayoutSettings } from './layout-settings.ts';

const grid = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoAspectRatio: 'VIDEO',
  videoFillMode: '',
  gridGap: 2,
  participantOrderAttribute: '',
};
const pip = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoFillMode: 'COVER',
  gridGap: 0,
  pipParticipantAttribute: '',
  pipBehavior: 'STATIC',
  pipOffset: 0,
  pipPosition: 'BOTTOM_RIGHT',
  participantOrderAttribute: '',
};

test('without a layout it is the grid', () => {
  assert.deepEqual(fillLayoutSettings(undefined), { grid });
  assert.deepEqual(fillLayoutSettings({}), { grid });
  assert.deepEqual(fillLayoutSettings({ grid: {} }), { grid });
});

test('a grid keeps what it is given', () => {
  assert.deepEqual(fillLayoutSettings({ grid: { gridGap: 0, videoFillMode: 'FILL', omitStoppedVideo: true } }), {
    grid: { ...grid, gridGap: 0, videoFillMode: 'FILL', omitStoppedVideo: true },
  });
});

test('a picture in picture has no size unless it is given', () => {
  assert.deepEqual(fillLayoutSettings({ pip: {} }), { pip });
  const given = { pipParticipantAttribute: 'pip', pipPosition: 'TOP_RIGHT', pipWidth: 320 } as const;
  assert.deepEqual(fillLayoutSettings({ pip: given }), { pip: { ...pip, ...given } });
});

test('grid and picture in picture exclude each other', () => {
  assert.throws(() => fillLayoutSettings({ grid: {}, pip: {} }), { name: 'ValidationException' });
});
