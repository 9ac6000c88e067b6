import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Option } from './option.ts';
import { scanOptions } from './scan.ts';

const options: Option[] = [
  { name: 'name', takes: 'one' },
  { name: 'tag-keys', takes: 'some' },
  { name: 'tags', takes: 'one' },
  { name: 'force', takes: 'none' },
  { name: 'skeleton', takes: 'maybe' },
  { name: 'output', takes: 'one', choices: ['json', 'text'] },
  { name: 'timeout', takes: 'one', isInteger: true },
];

function scan(...words: string[]) {
  const { values, rest } = scanOptions(words, options);
  return { ...Object.fromEntries(values), rest };
}

describe('Options are taken out of a command line', () => {
  test('with the words that belong to them, wherever they stand', () => {
    assert.deepEqual(scan('get', '--name', 'a', '--force', '--tag-keys', 'x', 'y z', '--bogus', '1'), {
      name: ['a'],
      force: [],
      'tag-keys': ['x', 'y z'],
      rest: ['get', '--bogus', '1'],
    });
  });
  test('attached or shortened', () => {
    assert.deepEqual(scan('--name=a=b', '--fo', '--skel', '--out', 'text'), {
      name: ['a=b'],
      force: [],
      skeleton: [],
      output: ['text'],
      rest: [],
    });
  });
  test('and the last one counts', () =>
    assert.deepEqual(scan('--name', 'a', '--name', 'b'), { name: ['b'], rest: [] }));
  test('negative numbers and texts with spaces are values', () => {
    assert.deepEqual(scan('--timeout', '-1', '--name', '-a b'), { timeout: ['-1'], name: ['-a b'], rest: [] });
  });
});

describe('A command line is refused', () => {
  for (const [words, message] of [
    [['--name'], 'argument --name: expected one argument'],
    [['--name', '--force'], 'argument --name: expected one argument'],
    [['--tag-keys'], 'argument --tag-keys: expected at least one argument'],
    [['--tag', 'x'], 'ambiguous option: --tag could match --tag-keys, --tags'],
    [['--force=yes'], "argument --force: ignored explicit argument 'yes'"],
    [['--timeout', 'x'], "argument --timeout: invalid int value: 'x'"],
    [
      ['--output', 'jsn'],
      `argument --output: Invalid choice, valid choices are:\n\n${'json'.padEnd(40)} | ${'text'.padEnd(40)}\n\n\nInvalid choice: 'jsn', maybe you meant:\n\n  * json`,
    ],
  ] as const) {
    test(words.join(' '), () => {
      assert.throws(() => scan(...words), { name: 'CommandFailure', exitCode: 252, message });
    });
  }
});
