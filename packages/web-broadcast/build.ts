import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';

const directory = import.meta.dirname;

const shared: BuildOptions = {
  entryPoints: [path.join(directory, 'src/index.ts')],
  bundle: true,
  minify: true,
  sourcemap: true,
  target: ['chrome120', 'edge120', 'firefox121', 'safari17.4'],
};

/** The module, for `import` in a page or a bundler. */
export const moduleOptions: BuildOptions = { ...shared, format: 'esm' };
/** The script, for a `<script>` tag. */
export const scriptOptions: BuildOptions = { ...shared, format: 'iife', globalName: 'IVSBroadcastClient' };

if (import.meta.main) {
  const files = { 'dist/web-broadcast.js': moduleOptions, 'dist/web-broadcast.global.js': scriptOptions };
  for (const [name, options] of Object.entries(files)) {
    const file = path.join(directory, name);
    await build({ ...options, outfile: file });
    const content = await readFile(file);
    console.log(`${name}: ${content.length} bytes, ${gzipSync(content).length} with gzip`);
  }
}
