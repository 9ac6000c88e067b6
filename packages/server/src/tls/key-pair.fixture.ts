import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { KeyPairFiles } from './key-pair.ts';

/** A folder that goes with the test. */
export async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Makes a certificate that signs itself, for the loopback addresses, and its key. */
export function createKeyPair(folder: string, name: string): KeyPairFiles {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1';
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const certificate = ['-x509', '-days', '2', '-subj', `/CN=${name}`, '-addext', names, '-out', certFile];
  execFileSync('openssl', ['req', ...key, ...certificate], { stdio: 'pipe' });
  return { certFile, keyFile };
}
