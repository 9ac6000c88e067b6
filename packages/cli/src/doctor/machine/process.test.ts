import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { fileDescriptorsCheck } from './file-descriptors.ts';
import { mediaWorkerCheck } from './media-worker.ts';
import { nodeVersionCheck } from './node-version.ts';
import { udpBuffersCheck } from './udp-buffers.ts';

test('a Node that the server runs on is fine, an older one is not', async () => {
  assert.match(found(await nodeVersionCheck().run({}, unstopped)).join(), /^ok: \d+\./);
  assert.deepEqual(found(await nodeVersionCheck('22.11.0').run({}, unstopped)), [
    'failed: 22.11.0, and the server needs 24 or newer',
  ]);
});

describe('the limit of file descriptors', () => {
  for (const [hard, expected] of [
    ['1024', 'warning: 1024 for each process: each participant takes one or two'],
    ['524288', 'ok: 524288 for each process'],
    ['unlimited', 'ok: unlimited for each process'],
  ] as const) {
    test(`of ${hard}`, async (t) => {
      const file = path.join(await createFolder(t), 'limits');
      const limits = `Limit                     Soft Limit           Hard Limit           Units\nMax open files            512                  ${hard}               files\n`;
      await writeFile(file, limits);
      assert.deepEqual(found(await fileDescriptorsCheck(file).run({}, unstopped)), [expected]);
    });
  }

  test('is read of this process', { skip: process.platform !== 'linux' }, async () => {
    assert.match(
      found(await fileDescriptorsCheck().run({}, unstopped)).join(),
      /^(ok|warning): (\d+|unlimited) for each/,
    );
  });
});

test('the size of UDP buffers is told', { skip: process.platform !== 'linux' }, async () => {
  const result = await udpBuffersCheck.run({ config: configWith({}) }, unstopped);
  assert.match(found(result).join(), /^ok: \d+ KiB for each media port/);
});

describe('the media worker', () => {
  const look = async (environment: Record<string, string>) => {
    const result = await mediaWorkerCheck.run({ config: configWith({ environment }) }, unstopped);
    return { lines: found(result), remedy: result.findings[0]?.remedy };
  };

  test('that set-up provided works', async () => {
    const { lines } = await look({});
    assert.match(lines.join(), /^ok: .* works with mediasoup \d+\.\d+\.\d+, and starts in \d+ ms$/);
  });

  test('that is missing fails, and so does what is none', async (t) => {
    const missing = await look({ PROSCENIUM_MEDIASOUP_WORKER: '/nowhere/mediasoup-worker' });
    assert.match(missing.lines.join(), /^failed: .*\/nowhere\/mediasoup-worker.*ENOENT/);
    assert.match(missing.remedy ?? '', /media\.workerPath/);
    const other = path.join(await createFolder(t), 'worker');
    await writeFile(other, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    assert.match((await look({ PROSCENIUM_MEDIASOUP_WORKER: other })).lines.join(), /^failed: .*code:3/);
  });

  test('is not looked for by a server without media', async () => {
    assert.deepEqual((await look({ PROSCENIUM_MEDIA_WORKERS: '0' })).lines, ['skipped: the server runs without media']);
  });
});
