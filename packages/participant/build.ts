import { bundlePackage } from '../../scripts/publishing/bundled-package.ts';

/*
 * Makes dist/werift.js: of werift the DTLS alone, in the published package itself. As an npm dependency it would bring
 * twenty times as much: containers, data channels, codecs.
 */

await bundlePackage(import.meta.dirname, {
  name: 'werift',
  exports: ['CipherContext', 'DtlsClient', 'HashAlgorithm', 'NamedCurveAlgorithm', 'SignatureAlgorithm'],
  banner: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
  licenceFiles: { werift: 'werift.LICENSE.txt' },
});
