import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { publishedManifest } from '../../scripts/publishing/published-manifest.ts';

/** A package that a program needs when it runs. */
export type NeededPackage = {
  readonly name: string;
  /** Where it belongs, relative to the folder that has `node_modules`: npm's place for it, or that of a package of ours. */
  readonly place: string;
  /** Where it is. */
  readonly folder: string;
  /** Whether it is one of this repository, which has to be brought into its published form. */
  readonly ours: boolean;
};

type Dependencies = Readonly<Record<string, string>>;
type Manifest = {
  readonly name: string;
  readonly dependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
};

/**
 * A package of this repository and all that it needs in its published form, as npm installed it here: so each version is that
 * of the lock file. What is needed on other kinds of machines alone is not installed here, and not among them.
 *
 * @throws for a package that is needed and not installed
 */
export function findNeededPackages(root: string, name: string): NeededPackage[] {
  const found = new Map<string, NeededPackage>();
  const waiting = [{ name, from: root, optional: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const needed = lookUp(root, next.from, next.name);
    if (needed === undefined) {
      if (next.optional) continue;
      throw new Error(`${path.relative(root, next.from)} needs ${next.name}, which is not installed`);
    }
    if (found.has(needed.place)) continue;
    found.set(needed.place, needed);
    const manifest = readManifest(needed);
    for (const dependency of requiredBy(manifest)) {
      const optional = dependency in (manifest.optionalDependencies ?? {});
      waiting.push({ name: dependency, from: needed.folder, optional });
    }
  }
  return [...found.values()].sort((one, other) => (one.place < other.place ? -1 : 1));
}

function requiredBy({
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta,
}: Manifest): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return Object.keys({ ...dependencies, ...optionalDependencies }).concat(peers);
}

function readManifest({ folder, ours }: NeededPackage): Manifest {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  return ours ? (publishedManifest(manifest) as Manifest) : manifest;
}

/** As Node looks a package up: in the folders called node_modules from there on upwards, to that of the repository. */
function lookUp(root: string, from: string, name: string): NeededPackage | undefined {
  const workspace = workspaces(root).get(name);
  if (workspace !== undefined) return { name, place: `node_modules/${name}`, folder: workspace, ours: true };
  for (let folder = from; ; folder = path.dirname(folder)) {
    const installed = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(installed, 'package.json'))) {
      return { name, place: placeOf(root, installed), folder: installed, ours: false };
    }
    if (folder === root || folder === path.dirname(folder)) return undefined;
  }
}

/** What npm installed for one package of ours alone, below its folder, goes below that package's own place. */
function placeOf(root: string, installed: string): string {
  const place = path.relative(root, installed);
  const [owner, folder] = [...workspaces(root)].find(([, each]) => installed.startsWith(each + path.sep)) ?? [];
  return folder === undefined ? place : path.join('node_modules', `${owner}`, path.relative(folder, installed));
}

/** The folders of the packages of the repository, by name. */
function workspaces(root: string): ReadonlyMap<string, string> {
  const manifests = globSync('packages/*/package.json', { cwd: root }).map((file) => path.join(root, file));
  return new Map(manifests.map((file) => [JSON.parse(readFileSync(file, 'utf8')).name, path.dirname(file)]));
}
