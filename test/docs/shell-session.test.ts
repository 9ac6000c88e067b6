import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { until } from '../support/until.ts';
import type { Block, Instructions } from './block.ts';
import { ShellSession } from './shell-session.ts';

const block = (text: string, instructions: Instructions = {}): Block => ({
  line: 7,
  language: 'sh',
  text: `${text}\n`,
  instructions,
});

async function startSession(t: TestContext): Promise<ShellSession> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'proscenium-session-'));
  const folder = path.join(scratch, 'folder');
  await mkdir(folder);
  const session = new ShellSession({ page: 'docs/page.md', folder, scratch, env: process.env });
  t.after(async () => {
    await session.end();
    await rm(scratch, { recursive: true });
  });
  return session;
}

describe('a session', () => {
  test('goes on where the block before left off', async (t) => {
    const session = await startSession(t);
    assert.equal(await session.run(block('NAME=alice\ngreet() { echo "Hello $1"; }\ncd ..')), '');
    assert.equal(
      await session.run(block('greet "$NAME"', { before: 'NAME="$NAME and bob"' })),
      'Hello alice and bob\n',
    );
    assert.match(await session.run(block('pwd; cat')), /proscenium-session-\w+\n$/);
  });

  test('tells page, line, command and what was printed, of what fails', async (t) => {
    const failing: [text: string, error: RegExp][] = [
      [
        'echo one\nls /nowhere\necho two',
        /docs\/page\.md:7 ended the session[\s\S]*one\n[\s\S]*page\.md:8: ended with 2: ls/,
      ],
      ['VALUE=$(false)', /docs\/page\.md:7: ended with 1: VALUE=/],
      ['check() { false; }\n\ncheck', /docs\/page\.md:7: ended with 1: false/],
      ['false | cat', /ended with 1/],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
      ['echo "${UNKNOWN}"', /docs\/page\.md: line 7: UNKNOWN: unbound variable/],
      ['if', /docs\/page\.md: line 8: syntax error/],
      ['exit 0', /docs\/page\.md:7 ended the session \(0\)/],
      ['echo "{}" | jq .', /not every reader has it/],
    ];
    for (const [text, error] of failing) {
      const session = await startSession(t);
      await assert.rejects(session.run(block(text)), error, text);
    }
  });

  test('expects another exit code only where it is said', async (t) => {
    const session = await startSession(t);
    assert.match(await session.run(block('echo no\n(exit 3)', { exitCode: 3 })), /^no\n/);
    await assert.rejects(session.run(block('true', { exitCode: 3 })), /had done 0, not 3/);
    assert.equal(await session.run(block('echo still there')), 'still there\n');
  });

  test('ends what it left running', async (t) => {
    const session = await startSession(t);
    await session.run(block('sleep 1000 & echo $! > own.pid'));
    await session.run(block('echo $BASHPID > background.pid; sleep 1000', { background: true }));
    const pids = await until(
      async () => (await session.run(block('cat own.pid background.pid 2>/dev/null || true'))).split('\n'),
      ({ length }) => length === 3,
    );
    await session.end();
    for (const pid of pids.slice(0, 2)) assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
  });

  test('tells what failed in the background, and not what it ended itself', async (t) => {
    const session = await startSession(t);
    await session.run(block('ls /nowhere; touch never', { background: true }));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    await session.run(block('wait "${!background[@]}" || touch failed'));
    await session.run(block('ls failed'));
    await assert.rejects(session.end(), /page\.md, in the background, ended with 2:\n.*\/nowhere/);
  });

  test('shows the end of what is too long', async (t) => {
    const session = await startSession(t);
    const printed = await session.run(block('seq 100000'));
    assert.ok(printed.length < 40_000 && printed.startsWith('…') && printed.endsWith('\n100000\n'));
  });
});
