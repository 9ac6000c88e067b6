import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { createFolder, createKeyPair } from './key-pair.fixture.ts';
import { checkKeyPair, type KeyPairFiles, readKeyPair } from './key-pair.ts';
import { keepLocalCertificate } from './local-certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

async function fingerprint(files: KeyPairFiles): Promise<string> {
  const pair = await readKeyPair(files);
  checkKeyPair(pair);
  return new X509Certificate(pair.cert).fingerprint256;
}

test('a local certificate stays the same from start to start, until it is about to run out', async (t) => {
  const folder = await createFolder(t);
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const keep = async () => fingerprint(await keepLocalCertificate(folder, ['localhost', '127.0.0.1'], clock));
  const first = await keep();
  clock.advance(334 * DAY_MS);
  assert.equal(await keep(), first);
  clock.advance(2 * DAY_MS);
  const second = await keep();
  assert.notEqual(second, first);
  assert.equal(await keep(), second);
});

test('a local certificate is made anew for another name, but not for fewer', async (t) => {
  const folder = await createFolder(t);
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const keep = async (...names: [string, ...string[]]) => fingerprint(await keepLocalCertificate(folder, names, clock));
  const first = await keep('localhost', '::1');
  assert.equal(await keep('::1'), first);
  const second = await keep('localhost', 'stages.example.com');
  assert.notEqual(second, first);
  assert.notEqual(await keep('localhost', '192.0.2.1'), second);
});

test('the key is for its owner’s eyes, and half a pair is made whole', async (t) => {
  const folder = await createFolder(t);
  const clock = new HandClock(new Date());
  const files = await keepLocalCertificate(folder, ['localhost'], clock);
  assert.equal((await stat(files.keyFile)).mode & 0o077, 0);
  await copyFile(createKeyPair(folder, 'other').keyFile, files.keyFile);
  await assert.rejects(fingerprint(files));
  await fingerprint(await keepLocalCertificate(folder, ['localhost'], clock));
});
