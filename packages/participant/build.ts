import { bundlePackage } from '../../scripts/publishing/bundled-package.ts';

const folder = import.meta.dirname;
const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/*
 * Makes dist/werift.js: of werift the DTLS alone, in the published package itself. As an npm dependency it would bring
 * twenty times as much: containers, data channels, codecs.
 */
await bundlePackage(folder, {
  name: 'werift',
  exports: ['CipherContext', 'DtlsClient', 'HashAlgorithm', 'NamedCurveAlgorithm', 'SignatureAlgorithm'],
  banner,
  licenceFiles: { werift: 'werift.LICENSE.txt' },
});

/* Makes dist/libopus-wasm.js: as an npm dependency it would refuse the Node 20 under which others of our packages are installed. */
await bundlePackage(folder, {
  name: 'libopus-wasm',
  exports: ['Application', 'createDecoder', 'createEncoder', 'isOpusError'],
  banner,
  licenceFiles: { libopus: 'libopus.LICENSE.txt' },
});
