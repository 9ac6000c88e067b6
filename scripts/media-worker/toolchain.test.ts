import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Toolchain, workerCacheKey } from './toolchain.ts';

const toolchain: Toolchain = {
  architecture: 'x64',
  compiler: '12.2.0',
  schemaCompiler: 'flatc version 2.0.8',
  libraries: '1.44.2 3.0.22',
};
const key = workerCacheKey('3.27.1', toolchain, ['-O2']);

describe('the key of a built worker', () => {
  test('is the same for the same version, toolchain and recipe', () => {
    assert.equal(workerCacheKey('3.27.1', { ...toolchain }, ['-O2']), key);
  });

  test('tells people the version and the architecture, and is good for a file name', () => {
    assert.match(key, /^3\.27\.1-x64-[0-9a-f]{16}$/);
  });

  test('is another one when any of them is another', () => {
    const keys = [
      key,
      workerCacheKey('3.27.2', toolchain, ['-O2']),
      workerCacheKey('3.27.1', toolchain, ['-O3']),
      workerCacheKey('3.27.1', toolchain, ['-O2', '-g']),
      ...Object.keys(toolchain).map((part) => workerCacheKey('3.27.1', { ...toolchain, [part]: 'other' }, ['-O2'])),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });
});
