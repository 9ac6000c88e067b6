import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseInspection } from '@proscenium/server/database-inspection';
import { type Check, failed, ok } from '../check.ts';

const TIMEOUT_MS = 60_000;

/** Whether the database is whole and of a version that this server knows. It is only read, also while a server runs. */
export const storeCheck: Check<'config'> = {
  id: 'store',
  title: 'Database',
  needs: ['config'],
  timeoutMs: TIMEOUT_MS,
  async run({ config: { data } }, signal) {
    const file = path.join(data, 'proscenium.db');
    if (!existsSync(file)) return { findings: [ok('there is none yet: it is made at the first start')] };
    const inspection = await inspect(file, signal);
    if ('unreadable' in inspection) {
      const remedy =
        'Restore the data folder from a backup. Without one, move the file away: the server makes a new one.';
      return { findings: [failed(`${file}: ${inspection.unreadable}`, remedy)] };
    }
    const { faults, schemaVersion, knownVersion } = inspection;
    if (faults.length > 0) {
      const remedy =
        'Stop the server and restore the data folder from a backup, or see what "sqlite3 … .recover" saves.';
      return { findings: [failed(`${file} is damaged: ${faults[0]}`, remedy)] };
    }
    if (schemaVersion > knownVersion) {
      const says = `it was written by a newer server: schema version ${schemaVersion}, and this one knows ${knownVersion}`;
      return { findings: [failed(says, 'Install that version again, or restore a backup made before it.')] };
    }
    const later = schemaVersion < knownVersion ? `; the next start takes it to ${knownVersion}` : '';
    return { findings: [ok(`whole, schema version ${schemaVersion}${later}`)] };
  },
};

/** In a process of its own: reading a large one through takes long, and cannot be stopped otherwise. */
async function inspect(file: string, signal: AbortSignal): Promise<DatabaseInspection> {
  // The same file as TypeScript in the repository and as JavaScript in the published package.
  const extension = path.extname(import.meta.filename);
  const program = fileURLToPath(new URL(`./inspect-store${extension}`, import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<DatabaseInspection>();
  execFile(process.execPath, [program, file], { signal, encoding: 'utf8' }, (error, stdout) => {
    if (error) reject(new Error('the database could not be looked at', { cause: error }));
    else resolve(JSON.parse(stdout));
  });
  return promise;
}
