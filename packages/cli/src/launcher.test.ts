import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const launcher = path.join(import.meta.dirname, '../bin/proscenium');
const brought = `node-linux-${process.arch}`;

/** Says how it runs, then waits for SIGTERM. */
const entry = `
  process.on('SIGTERM', () => process.exit(7));
  console.log(JSON.stringify({ pid: process.pid, entry: import.meta.filename, node: process.argv0, arguments: process.argv.slice(2) }));
  if (process.argv.includes('wait')) setInterval(() => {}, 1_000);
`;

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-launcher-'));
});
after(() => rmSync(folder, { recursive: true }));

type Layout = {
  brings: boolean;
  /** What the Node that npm brought says in place of running. */
  brokenBy?: string;
  entry: string;
};

/** Lays out an installation as npm does; tells the linked command and the real package. */
function install(name: string, layout: Layout): { command: string; packageFolder: string; node: string } {
  const modules = path.join(folder, name, 'node_modules');
  const packageFolder = path.join(folder, name, 'packages/cli');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  mkdirSync(path.join(packageFolder, 'bin'), { recursive: true });
  copyFileSync(launcher, path.join(packageFolder, 'bin/proscenium'));
  chmodSync(path.join(packageFolder, 'bin/proscenium'), 0o755);
  writeFileSync(path.join(packageFolder, 'package.json'), '{ "type": "module" }');
  mkdirSync(path.dirname(path.join(packageFolder, layout.entry)));
  writeFileSync(path.join(packageFolder, layout.entry), entry);

  symlinkSync('../packages/cli', path.join(modules, 'proscenium'));
  symlinkSync('../proscenium/bin/proscenium', path.join(modules, '.bin/proscenium'));
  const node = path.join(modules, brought, 'bin/node');
  if (layout.brings) {
    mkdirSync(path.dirname(node), { recursive: true });
    if (layout.brokenBy === undefined) symlinkSync(process.execPath, node);
    else writeFileSync(node, `#!/bin/sh\necho '${layout.brokenBy}' >&2\nexit 127\n`, { mode: 0o755 });
  }
  return { command: path.join(modules, '.bin/proscenium'), packageFolder, node };
}

/** A folder to put on the PATH, in which `node` is a shell script. */
function folderWithNode(name: string, script: string): string {
  const bin = path.join(folder, name);
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${bin}:/usr/bin:/bin`;
}

describe('the launcher', () => {
  test('follows its links and runs the sources of a checkout under the Node that npm brought', () => {
    const { command, packageFolder, node } = install('checkout', { brings: true, entry: 'src/main.ts' });
    const { stdout } = spawnSync(command, ['serve', 'a b', '$c'], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
    const said = JSON.parse(stdout);
    assert.equal(said.entry, path.join(packageFolder, 'src/main.ts'));
    assert.equal(said.node, node);
    assert.deepEqual(said.arguments, ['serve', 'a b', '$c']);
  });

  test('runs the compiled files of a published package', () => {
    const { command, packageFolder } = install('published', { brings: true, entry: 'dist/main.js' });
    const { stdout } = spawnSync(command, { encoding: 'utf8' });
    assert.equal(JSON.parse(stdout).entry, path.join(packageFolder, 'dist/main.js'));
  });

  test('takes the Node on the PATH where npm brought none', () => {
    const { command } = install('bare', { brings: false, entry: 'src/main.ts' });
    const PATH = folderWithNode('new-node', `exec '${process.execPath}' "$@"`);
    const { stdout } = spawnSync(command, ['serve'], { encoding: 'utf8', env: { PATH } });
    assert.deepEqual(JSON.parse(stdout).arguments, ['serve']);
  });

  test('says what it needs where the Node on the PATH is too old, or there is none', () => {
    const { command } = install('old', { brings: false, entry: 'src/main.ts' });
    const old = folderWithNode('old-node', `exec '${process.execPath}' --require '${oldVersion()}' "$@"`);
    const tools = path.join(folder, 'no-node');
    mkdirSync(tools);
    for (const tool of ['readlink', 'uname']) symlinkSync(`/usr/bin/${tool}`, path.join(tools, tool));
    for (const [PATH, found] of [
      [old, process.version],
      [tools, 'none'],
    ]) {
      const { status, stdout, stderr } = spawnSync(command, { encoding: 'utf8', env: { PATH } });
      assert.equal(
        stderr,
        `proscenium: needs Node 24 or newer, and finds ${found}.\n` +
          'Install it, or install proscenium with its optional dependencies.\n',
      );
      assert.equal(stdout, '');
      assert.equal(status, 1);
    }
  });

  test('says what is wrong with the Node that npm brought where it does not run', () => {
    const old = folderWithNode('older-node', `exec '${process.execPath}' --require '${oldVersion()}' "$@"`);
    const loader = 'node: error while loading shared libraries';
    for (const [name, trouble, advice] of [
      ['bare-debian', `${loader}: libatomic.so.1: cannot open shared object file`, 'apt-get install libatomic1'],
      ['old-libc', `${loader}: GLIBC_2.28 not found`, 'GLIBC_2.28 not found'],
    ] as const) {
      const { command } = install(name, { brings: true, brokenBy: trouble, entry: 'src/main.ts' });
      const { status, stderr } = spawnSync(command, { encoding: 'utf8', env: { PATH: old } });
      assert.match(stderr, /^proscenium: needs Node 24 or newer, and finds v/);
      assert.ok(stderr.includes(advice), stderr);
      assert.equal(status, 1);
    }
  });

  test('takes the Node on the PATH where the one that npm brought does not run', () => {
    const { command } = install('broken', { brings: true, brokenBy: 'no such library', entry: 'src/main.ts' });
    const PATH = folderWithNode('good-node', `exec '${process.execPath}' "$@"`);
    const { stdout, stderr } = spawnSync(command, ['serve'], { encoding: 'utf8', env: { PATH } });
    assert.deepEqual(JSON.parse(stdout).arguments, ['serve']);
    assert.equal(stderr, '');
  });

  test('becomes the program, so that a signal reaches it and nothing stays behind', async () => {
    const { command } = install('signals', { brings: true, entry: 'src/main.ts' });
    const child = spawn(command, ['wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(child.stdout, 'data');
    assert.equal(JSON.parse(String(said)).pid, child.pid);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [7, null]);
  });
});

/** A module that makes Node believe that it is an old one. */
function oldVersion(): string {
  const file = path.join(folder, 'old-version.cjs');
  writeFileSync(file, `Object.defineProperty(process, 'versions', { value: { node: '20.19.0' } });`);
  return file;
}
