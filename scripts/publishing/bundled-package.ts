import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Writes what one of our packages takes of another one into a module of its own, `dist/<name>.js`, with the licences of
 * everything within beside it.
 *
 * @param folder of our package
 * @param name of the package, or of a part that it exports
 * @param exports what is needed of it; everything unless told
 * @param banner JavaScript that stands before the module
 * @param licenceFiles in our folder, of packages that come without one and of what others contain: by their name
 * @throws for a package within that has no licence file
 */
export async function bundlePackage(
  folder: string,
  {
    name,
    exports,
    banner,
    licenceFiles = {},
  }: {
    name: string;
    exports?: readonly string[];
    banner?: string;
    licenceFiles?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const bundle = path.join(folder, `dist/${name}.js`);
  const { metafile } = await build({
    stdin: { contents: `export ${exports ? `{ ${exports.join(', ')} }` : '*'} from '${name}';`, resolveDir: folder },
    absWorkingDir: folder,
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    metafile: true,
    ...(banner !== undefined && { banner: { js: banner } }),
    logOverride: { 'require-resolve-not-external': 'silent' },
  });
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const licences = [...folders].sort().map((each) => licenceOf(path.join(folder, each), folder, licenceFiles));
  const names = new Set([...folders].map((each) => each.replace(/^.*node_modules\//, '')));
  const contained = Object.entries(licenceFiles).filter(([part]) => !names.has(part));
  const further = contained.map(([part, file]) => licenceText(part, path.join(folder, file)));
  writeFileSync(`${bundle}.LICENSES.txt`, [...licences, ...further].join('\n'));
}

function licenceOf(folder: string, ourFolder: string, ourFiles: Readonly<Record<string, string>>): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const [own] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder });
  const ours = ourFiles[name];
  const file = own === undefined ? ours && path.join(ourFolder, ours) : path.join(folder, own);
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return licenceText(`${name} ${version} (${license})`, file);
}

function licenceText(title: string, file: string): string {
  return `=== ${title}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
