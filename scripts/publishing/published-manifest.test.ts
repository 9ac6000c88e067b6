import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedManifest } from './published-manifest.ts';

test('a published package has JavaScript and declarations where the repository has TypeScript', () => {
  const manifest = {
    name: 'thing',
    type: 'module',
    exports: {
      '.': './src/index.ts',
      './deep': './src/deep/part.ts',
      './bundle': './dist/bundle.js',
      './test': './test/index.ts',
    },
    scripts: { prepack: 'make' },
    dependencies: { other: '1.0.0' },
    devDependencies: { maker: '1.0.0' },
  };
  assert.deepEqual(publishedManifest(manifest), {
    name: 'thing',
    type: 'module',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './deep': { types: './dist/deep/part.d.ts', default: './dist/deep/part.js' },
      './bundle': './dist/bundle.js',
    },
    dependencies: { other: '1.0.0' },
  });
});

test('a package that is a part of the published one need not be installed, but in no other version', () => {
  const manifest = {
    name: 'thing',
    imports: { '#part': 'part' },
    dependencies: { part: '1.2.3' },
    optionalDependencies: { other: '1.0.0' },
  };
  assert.deepEqual(publishedManifest(manifest), {
    name: 'thing',
    imports: { '#part': './dist/part.js' },
    peerDependencies: { part: '1.2.3' },
    peerDependenciesMeta: { part: { optional: true } },
    optionalDependencies: { other: '1.0.0' },
  });
});
