import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeFolder, run } from '../proscenium.fixture.ts';

describe('bash completes', () => {
  let script: string;
  before(async () => {
    script = (await run(['completion', 'bash'])).stdout;
  });

  /** What bash offers for the last of the words. */
  async function offered(words: string[], cwd?: string): Promise<string[]> {
    const ask = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _proscenium; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', ask, 'bash', 'proscenium', ...words], { cwd });
    return stdout.split('\n').filter((line) => line !== '');
  }

  const cases: [words: string[], offers: string[]][] = [
    [['ac'], ['access']],
    [
      ['access', ''],
      ['user', 'key', 'policy', 'simulate', '--help'],
    ],
    [['access', 'key', 'r'], ['rotate']],
    [['access', 'user', 'create', 'bob', '--po'], ['--policy']],
    [['serve', '--listen', 'access', '--js'], ['--json']],
    [['serve', '--listen', ''], []],
    [
      ['load-test', '--subscribe-by', ''],
      ['post', 'socket'],
    ],
    [['completion', '--'], ['--help']],
    [['nothing', 'ba'], ['backup']],
  ];
  for (const [words, offers] of cases) {
    test(`proscenium ${words.join(' ')}`, async () => assert.deepEqual(await offered(words), offers));
  }

  test('files and folders, each where it belongs', async (t) => {
    const folder = await makeFolder(t);
    await mkdir(path.join(folder, 'data'));
    await writeFile(path.join(folder, 'config.yaml'), '');
    assert.deepEqual((await offered(['serve', '--config', ''], folder)).sort(), ['config.yaml', 'data']);
    assert.deepEqual(await offered(['serve', '--data', ''], folder), ['data']);
    assert.deepEqual(await offered(['restore', 'con'], folder), ['config.yaml']);
  });
});

for (const [shell, check] of [
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const) {
  const isThere = spawnSync(shell, ['--version']).status === 0;
  test(`${shell} can read its script`, { skip: isThere ? false : `${shell} is not installed` }, async (t) => {
    const folder = await makeFolder(t);
    const file = path.join(folder, 'script');
    await writeFile(file, (await run(['completion', shell])).stdout);
    await promisify(execFile)(shell, [check, file]);
  });
}

test('the script for fish has every command with its words', async () => {
  const { stdout } = await run(['completion', 'fish']);
  const start = "complete -c proscenium -n '__proscenium_at \\'/access/key\\''";
  assert.ok(
    stdout.includes(`${start} -a 'rotate' -d 'Put a new key in the place of this one, and show its secret, this once'`),
  );
  assert.ok(stdout.includes("-l subscribe-by -x -a 'post socket' -d "));
  assert.ok(stdout.includes('-l config -r -F -d '));
});

test('another shell is refused', async () => assert.equal((await run(['completion', 'tcsh'])).status, 2));
