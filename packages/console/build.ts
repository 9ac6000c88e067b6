import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const directory = import.meta.dirname;
const source = path.join(directory, 'src/pages');
const target = path.join(directory, 'dist');

await mkdir(target, { recursive: true });
for (const page of ['index.html', 'try.html', 'console.html', 'channel.html'])
  await copyFile(path.join(source, page), path.join(target, page));
await build({
  entryPoints: {
    try: path.join(directory, 'src/try/main.ts'),
    console: path.join(directory, 'src/console/main.tsx'),
    'console-style': path.join(directory, 'src/console/style/main.css'),
    ticker: path.join(directory, 'src/try/ticker.ts'),
    channel: path.join(directory, 'src/channel/main.ts'),
    style: path.join(source, 'style.css'),
    icon: path.join(source, 'icon.svg'),
  },
  // What channels and recordings need of it.
  alias: { 'hls.js': 'hls.js/light' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'copy' },
  outdir: path.join(target, 'assets'),
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: ['chrome120', 'edge120', 'firefox121', 'safari17.4'],
});

/** Packages whose code is in the bundles, with their licences as they want to be named. */
const bundled = ['preact', 'uqr', '@noble/hashes', 'hls.js'];
const { resolve } = createRequire(import.meta.url);
const licenses = await Promise.all(
  bundled.map(async (name) => {
    const [folder = ''] = resolve(name).split(`${path.sep}${path.normalize(name)}${path.sep}`);
    return `${name}\n\n${await readFile(path.join(folder, name, 'LICENSE'), 'utf8')}`;
  }),
);
await writeFile(path.join(target, 'assets/licenses.txt'), licenses.join('\n\n'));
