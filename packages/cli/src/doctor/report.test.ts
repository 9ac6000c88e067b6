import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { failed, ok, skipped, warning } from './check.ts';
import type { Examined } from './examine.ts';
import { formatExamined, formatSummary, hasFailed, jsonReport } from './report.ts';

const examined: Examined[] = [
  { id: 'node', title: 'Node', durationMs: 0.4, findings: [ok('26.0.0')] },
  {
    id: 'ports',
    title: 'Ports',
    durationMs: 12.7,
    findings: [ok('udp/1'), failed('tcp/1 is held by nginx', 'End it.')],
  },
  { id: 'clock', title: 'Clock', durationMs: 1, findings: [warning('off', 'NTP.')] },
  { id: 'turn', title: 'Relays', durationMs: 0, findings: [skipped('none')] },
];

describe('a report', () => {
  test('for people stands in columns, and says what to do', () => {
    const text = examined.map((each) => formatExamined(each, { width: 80, colours: false })).join('');
    assert.equal(
      text,
      [
        '  OK       Node                26.0.0',
        '  OK       Ports               udp/1',
        '  FAILED                       tcp/1 is held by nginx',
        '                               → End it.',
        '  warning  Clock               off',
        '                               → NTP.',
        '  skipped  Relays              none',
        '',
      ].join('\n'),
    );
    assert.equal(formatSummary(examined), '2 OK, 1 warning, 1 failed, 1 skipped.');
  });

  test('for people keeps to the width, and cuts no word', () => {
    const path = '/a/path/that/is/longer/than/any/line/can/be/in/so/narrow/a/window';
    const each = {
      id: 'a',
      title: 'A',
      durationMs: 0,
      findings: [ok(`one two three four five six seven ${path} eight`)],
    };
    const lines = formatExamined(each, { width: 60, colours: false }).split('\n');
    assert.deepEqual(
      lines.map((line) => line.trim()),
      ['OK       A                   one two three four five six', 'seven', path, 'eight', ''],
    );
  });

  test('in colours says the same', () => {
    for (const each of examined) {
      const [plain, coloured] = [false, true].map((colours) => formatExamined(each, { width: 80, colours }));
      assert.notEqual(coloured, plain);
      assert.equal(stripVTControlCharacters(coloured ?? ''), plain);
    }
  });

  test('for programs is one line of JSON with the worst of each check', () => {
    const line = jsonReport(examined);
    assert.equal(line.indexOf('\n'), line.length - 1);
    const { passed, counts, checks } = JSON.parse(line);
    assert.equal(passed, false);
    assert.deepEqual(counts, { ok: 2, warning: 1, failed: 1, skipped: 1 });
    assert.deepEqual(checks[1], {
      id: 'ports',
      title: 'Ports',
      status: 'failed',
      findings: examined[1]?.findings,
      durationMs: 13,
    });
  });

  test('passes with warnings, and not with a failure', () => {
    assert.equal(hasFailed(examined), true);
    assert.equal(hasFailed(examined.filter(({ id }) => id !== 'ports')), false);
  });
});
