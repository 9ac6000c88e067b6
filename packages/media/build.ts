import { bundlePackage } from '../../scripts/publishing/bundled-package.ts';

/*
 * Makes dist/mediasoup.js: mediasoup's JavaScript in the published package itself. As an npm dependency it would run an
 * install script that downloads a program, and installing would fail where that cannot be downloaded.
 */

await bundlePackage(import.meta.dirname, {
  name: 'mediasoup',
  exports: ['createWorker', 'version'],
  // It looks for its program beside a mediasoup that is installed, by `require.resolve` and `__dirname`.
  banner: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;`,
});

/*
 * Makes dist/node-av/lib.js and constants.js: as an npm dependency it would run install scripts as well, of which one
 * downloads a program that nobody here needs. What is native comes in packages of its own, without scripts.
 */
for (const name of ['node-av/lib', 'node-av/constants']) await bundlePackage(import.meta.dirname, { name });
