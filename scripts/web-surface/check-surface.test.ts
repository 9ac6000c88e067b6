import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkSurface, expectationsOf } from './check-surface.ts';
import type { Surface } from './surface.ts';

const entry = { summary: '', deprecated: false };
const surface: Surface = [
  { ...entry, name: 'Bell', kind: 'class', type: undefined, members: [{ ...entry, name: 'ring', type: '() => void' }] },
  { ...entry, name: 'Tone', kind: 'enumeration', type: undefined, members: [{ ...entry, name: 'LOW', type: '"low"' }] },
];

function faults(
  enumerations: Record<string, Record<string, string | number>>,
  members: Record<string, string[]>,
  excused: Record<string, string> = {},
): string[] {
  return checkSurface(surface, expectationsOf(enumerations, members), excused);
}

describe('checkSurface', () => {
  it('finds nothing wrong with a client that has what is expected, and more', () => {
    assert.deepEqual(faults({ Tone: { LOW: 'low' } }, { Bell: ['ring'] }), []);
    assert.deepEqual(faults({}, {}), []);
  });

  it('finds what is missing', () => {
    assert.deepEqual(faults({ Tone: { HIGH: 'high' }, Pitch: {} }, { Bell: ['ring', 'chime'], Gong: ['beat'] }), [
      'Tone.HIGH is missing',
      'Pitch is missing',
      'Bell.chime is missing',
      'Gong is missing',
      'Gong.beat is missing',
    ]);
  });

  it('finds another value', () => {
    assert.deepEqual(faults({ Tone: { LOW: 'LOW' } }, {}), ['Tone.LOW is "low", not "LOW"']);
    assert.deepEqual(faults({ Tone: { LOW: 0 } }, {}), ['Tone.LOW is "low", not 0']);
  });

  it('excuses what is to come, an export with all of its members', () => {
    assert.deepEqual(faults({}, { Bell: ['chime'], Gong: ['beat'] }, { 'Bell.chime': 'later', Gong: 'later' }), []);
  });

  it('takes no excuse for what is there, or for what nobody expects', () => {
    assert.deepEqual(faults({}, { Bell: ['ring'] }, { 'Bell.ring': 'later', Drum: 'later' }), [
      'Bell.ring is excused, and there',
      'Drum is excused, and not expected',
    ]);
  });
});
