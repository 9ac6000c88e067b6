import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/*
 * Makes dist/index.js, for the test runners of users: as CommonJS, which Jest needs and all the others take too, for
 * the oldest Node that they may have.
 */

const dist = path.join(import.meta.dirname, 'dist');

await build({
  entryPoints: [path.join(import.meta.dirname, 'src/index.ts')],
  outfile: path.join(dist, 'index.js'),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'moduleUrl' },
});
mkdirSync(dist, { recursive: true });
writeFileSync(path.join(dist, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
