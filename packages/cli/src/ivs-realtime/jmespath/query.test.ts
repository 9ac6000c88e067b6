import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readJson } from '../json/read-json.ts';
import { writeJson } from '../json/write-json.ts';
import { compileQuery } from './query.ts';

const answer = readJson(`{
  "stages": [
    {"name": "b", "seats": 3, "rate": 30.0, "tags": {"2": "x", "1": "y"}, "live": true, "rows": [1, [2, 3]]},
    {"name": "ä", "seats": 1, "rate": 29.97, "tags": {}, "live": false, "rows": []},
    {"name": "a", "seats": null}
  ],
  "nextToken": "t"
}`);

describe('A query', () => {
  for (const [expression, expected] of [
    ['stages[*].name', '["b", "ä", "a"]'],
    ['stages[0].tags', '{"2": "x", "1": "y"}'],
    ['stages[?seats > `1`].name | [0]', '"b"'],
    ['stages[?live].[name, seats]', '[["b", 3]]'],
    ['stages[].rows[]', '[1, [2, 3]]'],
    ['stages[-1].{n: name, s: seats}', '{"n": "a", "s": null}'],
    ['stages[::-1].name', '["a", "ä", "b"]'],
    ['stages[0].*', '["b", 3, 30.0, {"2": "x", "1": "y"}, true, [1, [2, 3]]]'],
    ['stages[0].tags."2"', '"x"'],
    ['missing', 'null'],
    ['missing || nextToken', '"t"'],
    ['!missing && nextToken', '"t"'],
    ["stages[?name == 'a'] | length(@)", '1'],
    ['stages[?rate == `30`].name', '["b"]'],
    ['sort_by(stages, &name)[].name', '["a", "b", "ä"]'],
    ['max_by(stages[?seats], &seats).name', '"b"'],
    ['sum(stages[?seats].rate)', '59.97'],
    ['avg(`[1, 2]`)', '1.5'],
    ['avg(`[1, 3]`)', '2.0'],
    ['ceil(stages[1].rate)', '30'],
    ['join(`, `, stages[].name)', '"b, ä, a"'],
    ['to_string(stages[1].{name: name, rate: rate})', '"{\\"name\\":\\"\\\\u00e4\\",\\"rate\\":29.97}"'],
    ["to_number('12')", '12'],
    ["to_number('12.0')", '12.0'],
    ['keys(stages[0].tags)', '["2", "1"]'],
    ['map(&name, stages)', '["b", "ä", "a"]'],
    ['type(stages[0].rate)', '"number"'],
    ['contains(stages[].name, `a`)', 'true'],
    ['`x y`', '"x y"'],
    ["'it\\'s'", '"it\'s"'],
  ] as const) {
    test(`${expression} gives ${expected}`, () => {
      assert.equal(writeJson(compileQuery(expression)(answer)), expected);
    });
  }
});

describe('A query that is none says so as Python’s library does', () => {
  for (const [expression, message] of [
    ['', 'Invalid JMESPath expression: cannot be empty.'],
    ['a[', 'Invalid jmespath expression: Incomplete expression:\n"a["\n   ^'],
    [
      'a b',
      'Unexpected token: b: Parse error at column 2, token "b" (UNQUOTED_IDENTIFIER), for expression:\n"a b"\n   ^',
    ],
    [
      'a.1',
      /^Expecting: \['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'\], got: number: Parse error/,
    ],
    ['a = b', "Bad jmespath expression: Unknown token '=':\na = b\n  ^"],
    ["'a", "Bad jmespath expression: Unclosed ' delimiter:\n'a\n^"],
    ['"a"(b)', /^Quoted identifier not allowed for function names\.: Parse error at column 0/],
    ['('.repeat(10_000), 'The expression is nested too deeply'],
  ] as const) {
    test(JSON.stringify(expression.slice(0, 20)), () =>
      assert.throws(() => compileQuery(expression), { name: 'QueryError', message }),
    );
  }
});

describe('A function refuses', () => {
  for (const [expression, message] of [
    ['nothing(@)', 'Unknown function: nothing()'],
    ['toString(@)', 'Unknown function: toString()'],
    ['abs(`1`, `2`)', 'Expected 1 argument for function abs(), received 2'],
    ['not_null()', 'Expected at least 1 argument for function not_null(), received 0'],
    [
      'length(stages[0].seats)',
      "In function length(), invalid type for value: 3, expected one of: ['string', 'array', 'object'], received: \"number\"",
    ],
    ['sort(`[1, "a"]`)', /^In function sort\(\), invalid type for value: a, .*received: "str"$/],
    ['stages[?name < seats]', "'<' not supported between instances of 'str' and 'int'"],
  ] as const) {
    test(expression, () => assert.throws(() => compileQuery(expression)(answer), { name: 'QueryError', message }));
  }
});
