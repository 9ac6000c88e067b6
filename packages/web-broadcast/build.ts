import { readFile, writeFile } from 'node:fs/promises';
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

/** The worker for in-band messages, for pages that serve it themselves. */
export const workerOptions: BuildOptions = {
  ...shared,
  entryPoints: [path.join(directory, 'src/in-band/frame-worker.ts')],
  format: 'iife',
};

/** What src/in-band/frame-worker-source.ts is to be: the worker as text, for the client to have it in it. */
export async function writeWorkerSource(): Promise<string> {
  const { outputFiles } = await build({ ...workerOptions, sourcemap: false, write: false });
  const text = outputFiles?.[0]?.text.trimEnd() ?? '';
  if (/[`\\]|\$\{/.test(text)) throw new Error('The worker cannot be written as a template literal');
  return `/** frame-worker.ts as a script. Written by build.ts. */\nexport const frameWorkerSource = \`${text}\`;\n`;
}

/** What a page may have to load, in kB of 1000 bytes. */
const gzipLimitKb = 90;

/** Tells the size of a bundle. @throws where it is larger with gzip than a page should have to load */
export function describeSize(name: string, content: Uint8Array): string {
  const gzipped = gzipSync(content).length;
  const size = `${name}: ${content.length} bytes, ${gzipped} with gzip`;
  if (gzipped > gzipLimitKb * 1_000) throw new Error(`${size}, which is more than ${gzipLimitKb} kB`);
  return size;
}

if (import.meta.main) {
  await writeFile(path.join(directory, 'src/in-band/frame-worker-source.ts'), await writeWorkerSource());
  const files = {
    'dist/web-broadcast.js': moduleOptions,
    'dist/web-broadcast.global.js': scriptOptions,
    'dist/web-broadcast.worker.js': workerOptions,
  };
  for (const [name, options] of Object.entries(files)) {
    const file = path.join(directory, name);
    await build({ ...options, outfile: file });
    console.log(describeSize(name, await readFile(file)));
  }
}
