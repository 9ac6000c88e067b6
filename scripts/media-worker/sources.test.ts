import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findMediasoup } from './mediasoup-package.ts';
import { listedSources, readWorkerSources } from './sources.ts';

const build = `
common_sources = [
  'src/lib.cpp',
  # 'src/old.cpp',
  'src/Settings.cpp',
  'include/Settings.hpp',
]

if cpp.get_id() != 'msvc'
  common_sources += [
    'src/Congestion.cc',
    'src/lib.cpp',
  ]
endif

test_sources = [
  'test/tests.cpp',
]
`;

describe('the sources that a build file lists', () => {
  test('are those of one variable, each once', () => {
    assert.deepEqual(listedSources(build, 'common_sources'), ['src/lib.cpp', 'src/Settings.cpp', 'src/Congestion.cc']);
  });

  test('are missed when there are none', () => {
    assert.throws(() => listedSources(build, 'fuzzer_sources'), /no list of sources named fuzzer_sources/);
  });

  test('are all in the installed mediasoup', () => {
    const mediasoup = findMediasoup(path.join(import.meta.dirname, '../../packages/media'));
    const { worker, webrtc } = readWorkerSources(path.join(mediasoup.directory, 'worker'));
    for (const file of [...worker, ...webrtc]) assert.ok(existsSync(file), file);
    assert.ok(worker.some((file) => file.endsWith('src/main.cpp')));
    assert.ok(webrtc.length > 0);
  });
});
