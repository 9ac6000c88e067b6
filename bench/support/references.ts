import { generateKeyPairSync, sign } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const durationMs = 1_000;

/** Times in a second that the disk takes a page for good, one after the other: what commits one by one could reach. */
export async function syncsPerSecond(): Promise<number> {
  const file = path.join(tmpdir(), `proscenium-sync-${process.pid}`);
  const handle = await open(file, 'w');
  try {
    const page = Buffer.alloc(4_096, 1);
    const begin = performance.now();
    let count = 0;
    for (; performance.now() - begin < durationMs; count += 1) {
      await handle.write(page, 0, page.length, count * page.length);
      await handle.datasync();
    }
    return (count / (performance.now() - begin)) * 1_000;
  } finally {
    await handle.close();
    await rm(file);
  }
}

/** CPU time of one signature of a participant token. */
export function signatureCpuMicroseconds(namedCurve: string): number {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  const bytes = Buffer.alloc(700, 1);
  const before = process.cpuUsage();
  const begin = performance.now();
  let count = 0;
  for (; performance.now() - begin < durationMs; count += 1) sign('sha384', bytes, { key: privateKey });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
