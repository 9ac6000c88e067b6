import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';

const directory = import.meta.dirname;
const source = path.join(directory, 'src/pages');
const target = path.join(directory, 'dist');
const assets = path.join(target, 'assets');
const pages = ['index.html', 'try.html', 'console.html', 'channel.html'];

const common: BuildOptions = {
  // What channels and recordings need of it.
  alias: { 'hls.js': 'hls.js/light' },
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'copy' },
  outdir: assets,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: ['chrome120', 'edge120', 'firefox121', 'safari17.4'],
  metafile: true,
};

await mkdir(assets, { recursive: true });
for (const page of pages) await copyFile(path.join(source, page), path.join(target, page));
const [others, inPieces] = await Promise.all([
  build({
    ...common,
    entryPoints: {
      try: path.join(directory, 'src/try/main.ts'),
      'console-style': path.join(directory, 'src/console/style/main.css'),
      ticker: path.join(directory, 'src/try/ticker.ts'),
      channel: path.join(directory, 'src/channel/main.ts'),
      style: path.join(source, 'style.css'),
      icon: path.join(source, 'icon.svg'),
    },
  }),
  // In pieces, most of which are loaded when a view wants them.
  build({
    ...common,
    entryPoints: { console: path.join(directory, 'src/console/main.tsx') },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    splitting: true,
    chunkNames: '[name]-[hash]',
  }),
]);

// Browsers load them along with the script, rather than after it has come.
const first = Object.entries(inPieces.metafile?.outputs ?? {}).find(([file]) => path.basename(file) === 'console.js');
const preloaded = first?.[1].imports.filter(({ kind }) => kind === 'import-statement') ?? [];
const page = path.join(target, 'console.html');
const scriptTag = '<script type="module"';
const links = preloaded.map(
  ({ path: file }) => `<link rel="modulepreload" href="/assets/${path.basename(file)}">\n    `,
);
await writeFile(page, (await readFile(page, 'utf8')).replace(scriptTag, `${links.join('')}${scriptTag}`));

/** Packages whose code is in the bundles, with their licences as they want to be named. */
const bundled = ['preact', 'uqr', '@noble/hashes', 'hls.js'];
const { resolve } = createRequire(import.meta.url);
const licenses = await Promise.all(
  bundled.map(async (name) => {
    const [folder = ''] = resolve(name).split(`${path.sep}${path.normalize(name)}${path.sep}`);
    return `${name}\n\n${await readFile(path.join(folder, name, 'LICENSE'), 'utf8')}`;
  }),
);
await writeFile(path.join(assets, 'licenses.txt'), licenses.join('\n\n'));

const made = [others, inPieces].flatMap(({ metafile }) =>
  Object.keys(metafile?.outputs ?? {}).map((file) => path.basename(file)),
);
const compressed = made.filter((name) => /\.(?:js|css|svg)$/.test(name));
await Promise.all([
  ...pages.map((page) => compress(path.join(target, page))),
  ...compressed.map((name) => compress(path.join(assets, name))),
]);

// Pieces of an earlier build have other names.
const kept = new Set(['licenses.txt', ...made, ...compressed.flatMap((name) => [`${name}.br`, `${name}.gz`])]);
for (const name of await readdir(assets)) if (!kept.has(name)) await rm(path.join(assets, name), { force: true });

/** Lays its compressed forms beside a file, for the server to send as they are. */
async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await Promise.all([
    writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params })),
    writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 })),
  ]);
}
