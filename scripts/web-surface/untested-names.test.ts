import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { expectationsOf, nameOf } from './check-surface.ts';
import { classes, enumerations, later, notOffered, types } from './expected.ts';
import { untestedNames } from './untested-names.ts';

const root = path.join(import.meta.dirname, '../..');
/** What runs in browsers: tests of the client alone, and with the server. */
const browserTests = ['packages/web-broadcast/test/**/*.ts', 'test/end-to-end/*.ts', 'test/page/*.js'];

describe('untestedNames', () => {
  const expectations = expectationsOf({ Tone: { LOW: 'low', HIGH: 'so-high', NONE: 0 } }, { Bell: ['ring'] });

  it('tells what no test names', () => {
    assert.deepEqual(untestedNames(expectations, ['Tone']), [
      'Tone.LOW',
      'Tone.HIGH',
      'Tone.NONE',
      'Bell',
      'Bell.ring',
    ]);
  });

  it('knows members of enumerations by their values too', () => {
    assert.deepEqual(untestedNames(expectations, ['Tone Bell.ring(); "low"', "tone === 'so-high' || 0"]), [
      'Tone.NONE',
    ]);
  });

  it('goes by whole words', () => {
    assert.deepEqual(untestedNames(expectationsOf({}, { Bell: ['ring'] }), ['Bell bells string']), ['Bell.ring']);
  });
});

describe('browser tests', () => {
  it('name everything that is expected of the web client', () => {
    const texts = browserTests
      .flatMap((pattern) => globSync(pattern, { cwd: root }))
      .map((file) => readFileSync(path.join(root, file), 'utf8'));
    const excused = { ...later, ...notOffered };
    // Types leave no trace in a page but their members; those of an event map are the values of an enumeration.
    const typed = Object.entries(types).filter(([name]) => !name.endsWith('EventMap'));
    const expectations = expectationsOf(enumerations, { ...classes, ...Object.fromEntries(typed) }).filter(
      (expectation) =>
        !(nameOf(expectation) in types) && !(expectation.exportName in excused) && !(nameOf(expectation) in excused),
    );
    assert.ok(expectations.length > 200);
    assert.deepEqual(untestedNames(expectations, texts), []);
  });
});
