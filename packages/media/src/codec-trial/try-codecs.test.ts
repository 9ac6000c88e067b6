import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryCodecs } from './try-codecs.ts';

test('the codecs of this machine encode and decode', async () => {
  const { startMs, workMs } = await tryCodecs();
  assert.ok(startMs > 0 && workMs > 0);
});

test('a codec that takes its program down is told of', async () => {
  const entry = new URL('./crashing.fixture.ts', import.meta.url);
  await assert.rejects(tryCodecs(entry), /The codec child ended with SIGSEGV/);
});
