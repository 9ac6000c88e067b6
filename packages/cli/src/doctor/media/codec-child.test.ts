import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { codecChildCheck } from './codec-child.ts';

describe('the codec child', () => {
  test('encodes and decodes', async () => {
    const result = await codecChildCheck().run({ config: configWith({}) }, unstopped);
    assert.match(found(result).join(), /^ok: encodes and decodes sound and a picture: starts in \d+ ms/);
  });

  test('that does not start fails', async (t) => {
    const file = path.join(await createFolder(t), 'program.mjs');
    await writeFile(file, 'process.exit(3);');
    const result = await codecChildCheck(pathToFileURL(file)).run({ config: configWith({}) }, unstopped);
    assert.deepEqual(found(result), [
      'failed: encoders cannot publish and nothing is recorded: The codec child ended with code 3',
    ]);
  });

  test('is not looked for by a server without media', async () => {
    const config = configWith({ environment: { PROSCENIUM_MEDIA_WORKERS: '0' } });
    assert.deepEqual(found(await codecChildCheck().run({ config }, unstopped)), [
      'skipped: the server runs without media',
    ]);
  });
});
