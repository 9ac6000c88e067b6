import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/*
 * Makes dist/mediasoup.js: mediasoup's JavaScript in the published package itself. As an npm dependency it would run an
 * install script that downloads a program, and installing would fail where that cannot be downloaded.
 */

const directory = import.meta.dirname;
const bundle = path.join(directory, 'dist/mediasoup.js');

const { metafile } = await build({
  stdin: { contents: "export { createWorker, version } from 'mediasoup';", resolveDir: directory },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  metafile: true,
  // It looks for its program beside a mediasoup that is installed, by `require.resolve` and `__dirname`.
  banner: {
    js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;`,
  },
  logOverride: { 'require-resolve-not-external': 'silent' },
});

const folders = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
);
writeFileSync(`${bundle}.LICENSES.txt`, [...folders].sort().map(licenceOf).join('\n'));

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder });
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `=== ${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
}
