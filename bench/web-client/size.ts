import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
const file = path.join(root, 'packages/web-broadcast/src/index.ts');

/** What a page has to load of the web client, beside its sources as they are. */
export async function measureSize(): Promise<void> {
  const sources = globSync('packages/web-broadcast/src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })
    .map((source) => readFileSync(path.join(root, source)))
    .reduce((all, source) => Buffer.concat([all, source]), Buffer.alloc(0));
  const bundle = (format: 'esm' | 'iife') =>
    build({ entryPoints: [file], bundle: true, minify: true, format, globalName: 'IVSBroadcastClient', write: false });
  const contents = {
    'sources as they are': sources,
    'module, minified': (await bundle('esm')).outputFiles[0]?.contents ?? Buffer.alloc(0),
    'script, minified': (await bundle('iife')).outputFiles[0]?.contents ?? Buffer.alloc(0),
  };
  const reference = gzipSync(sources).length;
  console.log('\nSize of the web client');
  console.table(
    Object.entries(contents).map(([what, content]) => {
      const gzipped = gzipSync(content).length;
      return {
        what,
        kB: content.length / 1_000,
        'kB with gzip': gzipped / 1_000,
        ratio: (gzipped / reference).toFixed(2),
      };
    }),
  );
}
