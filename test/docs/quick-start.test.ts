import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { awsMissing } from '../support/aws.ts';
import { machinePath, root } from '../support/installation.ts';
import { atProcessEnd } from '../support/process-end.ts';
import { createLoopbackNetwork, type LoopbackNetwork } from './network.ts';
import { readPage } from './page.ts';
import { cloneMissing, quickStartPages } from './quick-start.ts';
import { address, readerEnvironment } from './reader-environment.ts';
import { runPage } from './run-page.ts';
import { ShellSession } from './shell-session.ts';

const execute = promisify(execFile);
const guardMs = 300_000;

/** The environment of somebody who has just cloned: this machine's programs, and what npm has in its cache. */
function newcomer(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|PROSCENIUM|NODE_TEST)_/.test(name));
  return { ...Object.fromEntries(own), PATH: machinePath, npm_config_prefer_offline: 'true' };
}

/**
 * Gives a clone what npm has installed here of the same lock file. That it can be installed from nothing is what `make test`
 * itself begins with, by the same script; all else that set-up makes, the clone makes anew.
 */
async function takeInstalled(clone: string): Promise<void> {
  const record = 'node_modules/.proscenium/package-lock.json';
  const [wanted, installed] = [path.join(clone, 'package-lock.json'), path.join(root, record)];
  if (!existsSync(installed) || !readFileSync(wanted).equals(readFileSync(installed))) return;
  const link = statSync(root).dev === statSync(clone).dev ? ['--link'] : [];
  for (const folder of ['node_modules', ...globSync('packages/*/node_modules', { cwd: root })]) {
    const target = path.join(clone, folder);
    await mkdir(target);
    const modules = readdirSync(path.join(root, folder)).filter((name) => !['.cache', '.proscenium'].includes(name));
    await execute('cp', ['--archive', ...link, `--target-directory=${target}`, ...modules], {
      cwd: path.join(root, folder),
    });
  }
  await mkdir(path.dirname(path.join(clone, record)));
  await copyFile(installed, path.join(clone, record));
}

/** `make start`, as somebody runs it in a terminal. */
class Start {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #forget: () => void;
  #output = '';

  constructor(clone: string, network: LoopbackNetwork) {
    const [program = '', ...args] = [...network.command, 'make', 'start'];
    // A group of its own, as a terminal makes one for Ctrl-C.
    const env = newcomer();
    this.#child = spawn(program, args, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'exit');
    this.#forget = atProcessEnd(() => this.#signal('SIGKILL'));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
        if (/^Ready at /m.test(this.#output)) this.#child.emit('ready');
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when it says so. */
  async ready(): Promise<void> {
    const signal = AbortSignal.timeout(guardMs);
    await Promise.race([once(this.#child, 'ready', { signal }), this.#ended]);
    assert.match(this.#output, new RegExp(`^Ready at http://${address}$`, 'm'));
  }

  async interrupt(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#signal('SIGINT');
    await this.#ended;
    this.#forget();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
  }
}

describe('in a fresh clone', { skip: (await awsMissing()) || cloneMissing() }, () => {
  let work: string;
  let clone: string;
  let network: LoopbackNetwork;
  let start: Start;
  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'proscenium-clone-'));
    clone = path.join(work, 'proscenium');
    await execute('git', ['clone', '--quiet', '--no-local', root, clone], { timeout: guardMs });
    await takeInstalled(clone);
    // What `make start` does first, while there is a network from which packages come.
    await execute('make', ['setup'], { cwd: clone, env: newcomer(), timeout: guardMs });
    network = await createLoopbackNetwork();
    start = new Start(clone, network);
    await start.ready();
  });
  after(async () => {
    await start?.interrupt();
    await network?.end();
    if (work) await rm(work, { recursive: true });
  });

  test('`make start` is what README.md begins with, and says how to go on', async () => {
    const readme = readPage('README.md', await readFile(path.join(clone, 'README.md'), 'utf8'));
    assert.match(readme.blocks[0]?.text ?? '', /^make start\b/);
    assert.match(start.output, /^Call the API:\n {2}export AWS_SHARED_CREDENTIALS_FILE=\S+data\/credentials /m);
    assert.match(start.output, /^The same, signed in once, on this machine: http:\S+\/console#link=/m);
  });

  for (const name of quickStartPages) {
    test(`the commands of ${name} work`, async (t) => {
      const page = readPage(name, await readFile(path.join(clone, name), 'utf8'));
      const scratch = path.join(work, path.basename(name));
      const env = await readerEnvironment({ work: scratch, credentialsFile: path.join(clone, 'data/credentials') });
      const session = new ShellSession({ page: name, folder: clone, scratch, env, command: network.command });
      t.after(() => session.end());
      await runPage(page, (block) => session.run(block));
    });
  }
});
