import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readJson } from '../json/read-json.ts';
import { formatTable } from './table.ts';
import { formatText } from './text.ts';
import { formatYaml } from './yaml.ts';

const answer = readJson(`{
  "stage": {"name": "s", "tags": {"b": "2", "a": "1"}, "live": false, "rate": 30.0, "rows": ["x", "y"]},
  "tokens": [{"id": "1", "user": "alice"}, {"id": "2"}]
}`);

describe('The format text', () => {
  test('has a line for each object, its values by the order of their names', () => {
    assert.equal(
      formatText(answer),
      'STAGE\tFalse\ts\t30.0\nROWS\tx\nROWS\ty\nTAGS\t1\t2\nTOKENS\t1\talice\nTOKENS\t2\t\n',
    );
  });
  test('has a bare list on one line, and a missing value as None', () => {
    assert.equal(formatText(readJson('["a", 1, null]')), 'a\t1\tNone\n');
    assert.equal(formatText(null), 'None\n');
  });
  test('has nothing of an empty object', () => assert.equal(formatText(new Map()), ''));
});

describe('The format table', () => {
  const look = { widthColumns: 80, colored: false };

  test('draws a section for each structure', () => {
    assert.equal(
      formatTable('ListStages', answer, look),
      [
        '-----------------------------',
        '|        ListStages         |',
        '+---------------------------+',
        '||          stage          ||',
        '|+-------+--------+--------+|',
        '|| live  | name   | rate   ||',
        '|+-------+--------+--------+|',
        '||  False|  s     |  30.0  ||',
        '|+-------+--------+--------+|',
        '|||         rows          |||',
        '||+-----------------------+||',
        '|||  x                    |||',
        '|||  y                    |||',
        '||+-----------------------+||',
        '|||         tags          |||',
        '||+----------+------------+||',
        '|||     a    |     b      |||',
        '||+----------+------------+||',
        '|||  1       |  2         |||',
        '||+----------+------------+||',
        '||         tokens          ||',
        '|+---------+---------------+|',
        '||   id    |     user      ||',
        '|+---------+---------------+|',
        '||  1      |  alice        ||',
        '||  2      |               ||',
        '|+---------+---------------+|',
        '',
      ].join('\n'),
    );
  });

  test('turns what is wider than the terminal', () => {
    const wide = new Map([
      ['one', 'a'.repeat(36)],
      ['two', 'b'.repeat(46)],
    ]);
    assert.equal(
      formatTable('ListStages', wide, look),
      [
        '-----------------------------------------------------------',
        '|                       ListStages                        |',
        '+-----+---------------------------------------------------+',
        '|  one|  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa             |',
        '|  two|  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb   |',
        '+-----+---------------------------------------------------+',
        '',
      ].join('\n'),
    );
  });

  test('counts wide characters as two columns', () => {
    const lines = formatTable('X', readJson('["名前", "ab"]'), look).split('\n');
    assert.deepEqual(lines.slice(3, 5), ['|  名前  |', '|  ab    |']);
  });

  test('colors values where it may', () => {
    assert.ok(formatTable('X', ['v'], { ...look, colored: true }).includes('\u001b[1m\u001b[34mv\u001b[0m'));
  });

  test('shows nothing where there is nothing', () => assert.equal(formatTable('X', new Map(), look), ''));
  test('cannot draw rows of different lengths', () => {
    assert.throws(() => formatTable('X', [['a'], ['b', 'c']], look), {
      name: 'TableError',
      message: 'Row should have 1 elements, instead it has 2',
    });
  });
});

describe('The format yaml', () => {
  test('has blocks, with members by the order of their names', () => {
    assert.equal(
      formatYaml(answer),
      [
        'stage:',
        '  live: false',
        '  name: s',
        '  rate: 30.0',
        '  rows:',
        '  - x',
        '  - y',
        '  tags:',
        "    a: '1'",
        "    b: '2'",
        'tokens:',
        "- id: '1'",
        '  user: alice',
        "- id: '2'",
        '',
      ].join('\n'),
    );
  });

  for (const [text, written] of [
    ['2026-11-01T06:25:37+00:00', "'2026-11-01T06:25:37+00:00'"],
    ['arn:aws:ivs:us-west-2:1:stage/x', 'arn:aws:ivs:us-west-2:1:stage/x'],
    ['yes', 'yes'],
    ['true', "'true'"],
    ['1e3', "'1e3'"],
    ['', "''"],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ["it's", "it's"],
    ['- x', "'- x'"],
    ["- it's", "'- it''s'"],
    ['tab\t', '"tab\\t"'],
    ['😀', '"\\U0001F600"'],
    ['two\nlines', "'two\n\n  lines'"],
    [`${'word '.repeat(20)}end`, `${'word '.repeat(16).trim()}\n  ${'word '.repeat(4)}end`],
  ] as const) {
    test(`${JSON.stringify(text)} is written as ${JSON.stringify(written)}`, () => {
      assert.equal(formatYaml(new Map([['k', text]])), `k: ${written}\n`);
    });
  }

  test('has a scalar alone as JSON', () => assert.equal(formatYaml('a: b'), '"a: b"\n'));
});
