import { X509Certificate } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { checkKeyPair, type KeyPair, type KeyPairFiles, readKeyPair } from './key-pair.ts';
import { createSelfSigned } from './self-signed.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const VALID_DAYS = 365;
/** With less than that left, a start makes another one. */
const MINIMUM_DAYS_LEFT = 30;

/**
 * The certificate that the server has made itself, in files of the data folder, for its owner's eyes: whoever trusts it
 * goes on doing so. It is made anew when it is about to run out, or is not for one of the names.
 *
 * @param names host names and IP addresses
 */
export async function keepLocalCertificate(
  folder: string,
  names: readonly [string, ...string[]],
  clock: Clock,
): Promise<KeyPairFiles> {
  const files = { certFile: join(folder, 'local.crt'), keyFile: join(folder, 'local.key') };
  const kept = await readKeyPair(files).catch((error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  const start = clock.now().getTime();
  if (kept && isGood(kept, names, new Date(start + MINIMUM_DAYS_LEFT * DAY_MS))) return files;
  // Clocks of other machines may be behind.
  const validFrom = new Date(start - DAY_MS);
  const { cert, key } = createSelfSigned({ names, validFrom, validTo: new Date(start + VALID_DAYS * DAY_MS) });
  await replaceFile(files.keyFile, key);
  await replaceFile(files.certFile, cert);
  return files;
}

function isGood(pair: KeyPair, names: readonly string[], until: Date): boolean {
  try {
    checkKeyPair(pair);
  } catch {
    return false; // a crash left half of a new pair
  }
  const certificate = new X509Certificate(pair.cert);
  const isFor = (name: string) =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return certificate.validToDate > until && names.every(isFor);
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
