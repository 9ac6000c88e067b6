import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Manifest, publishedManifest } from './published-manifest.ts';

const root = path.join(import.meta.dirname, '../..');

/** What must be undone to have the folder of the repository again. */
type Undo = { manifest: string; copied: string[] };

const undoFile = '.unpublished.json';

/**
 * Gives a package's folder the form in which it is published: JavaScript and declarations in `dist`, the package.json
 * that goes with them, and copies of those of its `files` that lie at the root of the repository.
 */
export function takePublishedForm(folder: string): void {
  leavePublishedForm(folder);
  const manifestFile = path.join(folder, 'package.json');
  const text = readFileSync(manifestFile, 'utf8');
  const manifest = JSON.parse(text) as Manifest & { files: string[] };

  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  if (manifest.scripts?.build !== undefined) run(folder, process.execPath, 'build.ts');
  if (existsSync(path.join(folder, 'tsconfig.publish.json'))) {
    run(folder, path.join(root, 'node_modules/.bin/tsc'), '--project', 'tsconfig.publish.json');
  }

  const copied = manifest.files.filter((file) => !existsSync(path.join(folder, file)));
  writeFileSync(path.join(folder, undoFile), JSON.stringify({ manifest: text, copied } satisfies Undo));
  for (const file of copied) copyFileSync(path.join(root, file), path.join(folder, file));
  writeFileSync(manifestFile, `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
}

/** Gives a package's folder the form that it has in the repository. Its `dist` stays. */
export function leavePublishedForm(folder: string): void {
  const file = path.join(folder, undoFile);
  if (!existsSync(file)) return;
  const { manifest, copied } = JSON.parse(readFileSync(file, 'utf8')) as Undo;
  writeFileSync(path.join(folder, 'package.json'), manifest);
  for (const copy of copied) rmSync(path.join(folder, copy), { force: true });
  rmSync(file);
}

function run(folder: string, command: string, ...arguments_: string[]): void {
  const { status, error } = spawnSync(command, arguments_, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${path.basename(folder)}: ${path.basename(command)} ended with ${status}`);
}
