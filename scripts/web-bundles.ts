import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from './progress.ts';

/** In the order in which they are built. */
const packages = ['packages/web-broadcast', 'packages/console'];

type Record = { sources: string; bundles: string[] };

/** Builds what browsers load, where the sources are others than at the last time or a built file is gone. */
export function provideWebBundles(root: string, recordFile: string): void {
  const sources = digestOfSources(root);
  const built = readRecord(recordFile);
  if (built?.sources === sources && built.bundles.every((file) => existsSync(path.join(root, file)))) return;

  for (const folder of packages) {
    say(`${path.basename(folder)}: building`);
    const { status, error } = spawnSync(process.execPath, ['build.ts'], {
      cwd: path.join(root, folder),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`${folder} cannot be built`);
  }
  const bundles = files(root, 'dist/**');
  mkdirSync(path.dirname(recordFile), { recursive: true });
  writeFileSync(recordFile, `${JSON.stringify({ sources, bundles } satisfies Record)}\n`);
}

/** Over all that goes into the bundles; the lock file stands for their dependencies and the bundler. */
function digestOfSources(root: string): string {
  const digest = createHash('sha256');
  for (const file of ['package-lock.json', ...files(root, '{build.ts,package.json,src/**}')]) {
    digest.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return digest.digest('hex');
}

function files(root: string, pattern: string): string[] {
  const patterns = packages.map((folder) => `${folder}/${pattern}`);
  return globSync(patterns, { cwd: root })
    .filter((file) => statSync(path.join(root, file)).isFile())
    .toSorted();
}

function readRecord(file: string): Record | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record) : undefined;
}
