/*
 * Lays out what a server needs to run, and nothing else: `node deploy/docker/build-tree.ts <folder>`, in a clone that
 * `scripts/bootstrap` has set up. Nothing is downloaded: the packages of this repository are packed as for publishing, the
 * others are copied as the lock file had them installed, and the media worker is the one that set-up provided. Its folder `bin`
 * has the commands.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRecordedWorker } from '../../packages/media/src/sfu/recorded-worker.ts';
import { findMediasoup } from '../../scripts/media-worker/mediasoup-package.ts';
import { findNeededPackages, type NeededPackage } from './needed-packages.ts';

const root = path.join(import.meta.dirname, '../..');

/** Of the package that has Node: what nobody runs, a third of it. */
const notOfNode = /\/node_modules\/node-linux-\w+\/(include|share|CHANGELOG\.md)(\/|$)/;

const [target] = process.argv.slice(2);
if (target === undefined || existsSync(target)) {
  console.error('Usage: node deploy/docker/build-tree.ts FOLDER, which must not exist yet');
  process.exit(2);
}

const packages = findNeededPackages(root, 'proscenium');
for (const { place, folder } of packages.filter(({ ours }) => !ours)) {
  const source = realpathSync(folder);
  const within = path.join(source, 'node_modules');
  cpSync(source, path.join(target, place), {
    recursive: true,
    // What lies in a package for it alone has a place of its own in the list.
    filter: (file) => file !== within && !notOfNode.test(file),
  });
}
pack(
  packages.filter(({ ours }) => ours),
  target,
);
const commands = path.join(target, 'bin');
mkdirSync(commands);
const { ownWorkerPath } = findMediasoup(path.join(root, 'packages/media'));
copyFileSync(findRecordedWorker(root) ?? ownWorkerPath, path.join(commands, 'mediasoup-worker'));
copyFileSync(path.join(import.meta.dirname, 'ask-health.mjs'), path.join(commands, 'ask-health.mjs'));
for (const [command, file] of Object.entries({
  node: 'node-linux-*/bin/node',
  proscenium: 'proscenium/bin/proscenium',
})) {
  const [found] = globSync(`node_modules/${file}`, { cwd: target });
  if (found === undefined) throw new Error(`There is no ${file} for this machine`);
  symlinkSync(path.join('..', found), path.join(commands, command));
}

/** Packs packages of ours, and unpacks what npm would publish. */
function pack(ours: readonly NeededPackage[], tree: string): void {
  const tarballs = mkdtempSync(path.join(tmpdir(), 'proscenium-tarballs-'));
  try {
    const workspaces = ours.map(({ name }) => `--workspace=${name}`);
    const quiet = ['--json', '--no-update-notifier', '--loglevel=error'];
    const output = run('npm', ['pack', ...workspaces, '--pack-destination', tarballs, ...quiet]);
    for (const { name, filename } of packed(output)) {
      const folder = path.join(tree, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      run('tar', ['-xzf', path.join(tarballs, filename), '--strip-components=1', '--no-same-owner', '-C', folder]);
    }
  } finally {
    rmSync(tarballs, { recursive: true });
  }
}

/** What npm tells of the tarballs that it wrote: a list, and from npm 12 on an object by name. */
function packed(output: string): { name: string; filename: string }[] {
  // Before it stands what the packages' own scripts print.
  const json = output.slice(output.search(/^[[{]$/m));
  return Object.values(JSON.parse(json));
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}: ${stdout}`);
  return stdout;
}
