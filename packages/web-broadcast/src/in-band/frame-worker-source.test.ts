import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { writeWorkerSource } from '../../build.ts';

describe('the worker that the client has in it', () => {
  it('is the one of the sources: node build.ts writes it', async () => {
    const file = new URL('frame-worker-source.ts', import.meta.url);
    assert.equal(await readFile(file, 'utf8'), await writeWorkerSource());
  });
});
