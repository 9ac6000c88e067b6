import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const directory = import.meta.dirname;
const source = path.join(directory, 'src/pages');
const target = path.join(directory, 'dist');

await mkdir(target, { recursive: true });
for (const page of ['index.html', 'try.html', 'channel.html'])
  await copyFile(path.join(source, page), path.join(target, page));
await build({
  entryPoints: {
    try: path.join(directory, 'src/try/main.ts'),
    ticker: path.join(directory, 'src/try/ticker.ts'),
    channel: path.join(directory, 'src/channel/main.ts'),
    style: path.join(source, 'style.css'),
    icon: path.join(source, 'icon.svg'),
  },
  // What a channel needs of it.
  alias: { 'hls.js': 'hls.js/light' },
  loader: { '.svg': 'copy' },
  outdir: path.join(target, 'assets'),
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: ['chrome120', 'edge120', 'firefox121', 'safari17.4'],
});
