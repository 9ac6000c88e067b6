import type { Stats } from 'node:fs';
import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';

/** Whether the server can keep its data. A folder that is not there yet is made by the server, not by this check. */
export const dataFolderCheck: Check<'config'> = {
  id: 'data-folder',
  title: 'Data folder',
  needs: ['config'],
  timeoutMs: 5_000,
  async run({ config: { data } }) {
    const existing = await nearestExisting(data);
    const isFolder = existing.stats.isDirectory();
    if (!isFolder)
      return { findings: [failed(`${existing.path} is no folder`, 'Name another folder (data), or remove that.')] };
    const refusal = await tryWriting(existing.path);
    if (refusal !== undefined) {
      const remedy = 'Give the user that runs the server this folder (chown), or name another one (data).';
      return { findings: [failed(`${existing.path} cannot be written to: ${refusal}`, remedy)] };
    }
    if (existing.path !== data) return { findings: [ok(`${data} is made at the first start`)] };
    return { findings: [ok(`${data} can be written to`), ...ownership(existing.stats)] };
  },
};

/** A path, or the folder nearest to it, upwards, that is there. */
export async function nearestExisting(file: string): Promise<{ path: string; stats: Stats }> {
  for (let each = file; ; each = path.dirname(each)) {
    try {
      return { path: each, stats: await stat(each) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // ENOTDIR: something above it is a file.
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || each === path.dirname(each)) throw error;
    }
  }
}

/** Permissions say little: of a file system that is read-only, or to root. */
export async function tryWriting(folder: string): Promise<string | undefined> {
  try {
    await rmdir(await mkdtemp(path.join(folder, '.doctor-')));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function ownership({ uid, mode }: Stats): Finding[] {
  const findings: Finding[] = [];
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) {
    findings.push(
      warning(
        `it belongs to another user (uid ${uid}) than the one who asks (uid ${own})`,
        'Run the doctor as the user that runs the server: what one may do, the other may not.',
      ),
    );
  }
  if ((mode & 0o007) !== 0) {
    findings.push(warning('everybody on this machine may look into it, and it holds keys', 'chmod o= on that folder.'));
  }
  return findings;
}
