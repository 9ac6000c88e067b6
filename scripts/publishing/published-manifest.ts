/** A package.json, as far as publishing changes it. */
export interface Manifest {
  exports?: Record<string, string>;
  imports?: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [other: string]: unknown;
}

/**
 * The package.json of the published form, which has JavaScript in `dist` where the repository has TypeScript in `src`.
 * What `imports` names (`#name`) is a part of that form, and its package need not be installed: that makes it an optional
 * peer, so that npm sees to it that nobody installs another version.
 */
export function publishedManifest(manifest: Manifest): object {
  const { scripts, devDependencies, exports, imports = {}, dependencies = {}, ...rest } = manifest;
  const included = Object.values(imports);
  const [peers, others] = partition(Object.entries(dependencies), ([name]) => included.includes(name));
  return {
    ...rest,
    ...(exports && { exports: mapValues(withoutTests(exports), compiled) }),
    ...(included.length > 0 && { imports: mapValues(imports, (name) => `./dist/${name}.js`) }),
    ...(others.length > 0 && { dependencies: Object.fromEntries(others) }),
    ...(peers.length > 0 && {
      peerDependencies: Object.fromEntries(peers),
      peerDependenciesMeta: Object.fromEntries(peers.map(([name]) => [name, { optional: true }])),
    }),
  };
}

/** What lies in `test` serves the tests of other packages here, and is not published. */
function withoutTests(exports: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(exports).filter(([, target]) => !target.startsWith('./test/')));
}

function compiled(target: string): unknown {
  const [, name] = /^\.\/src\/(.+)\.ts$/.exec(target) ?? [];
  return name === undefined ? target : { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function partition<Item>(items: Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
