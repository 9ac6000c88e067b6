import { statfs } from 'node:fs/promises';
import { type Check, failed, ok, warning } from '../check.ts';
import { nearestExisting } from './data-folder.ts';

const MEBIBYTE = 1_048_576;
/** What the database's log can grow to while a backup reads it. */
const TOO_LITTLE_BYTES = 64 * MEBIBYTE;
const LITTLE_BYTES = 1_024 * MEBIBYTE;
const FEW_FILES = 100;

/** Room where the data are. */
export function diskSpaceCheck(statFileSystem: typeof statfs = statfs): Check<'config'> {
  return {
    id: 'disk-space',
    title: 'Disk space',
    needs: ['config'],
    timeoutMs: 5_000,
    async run({ config: { data } }) {
      const { path } = await nearestExisting(data);
      const { bavail, bsize, files, ffree } = await statFileSystem(path);
      const freeBytes = bavail * bsize;
      const free = `${formatBytes(freeBytes)} free at ${path}`;
      const remedy = 'Make room, or move the data to a larger disk (data).';
      if (freeBytes < TOO_LITTLE_BYTES) return { findings: [failed(free, remedy)] };
      // File systems without a fixed number of files tell 0.
      if (files > 0 && ffree < FEW_FILES)
        return { findings: [failed(`room for ${ffree} more files at ${path}`, remedy)] };
      return { findings: [freeBytes < LITTLE_BYTES ? warning(free, remedy) : ok(free)] };
    },
  };
}

export function formatBytes(bytes: number): string {
  const mebibytes = bytes / MEBIBYTE;
  return mebibytes < 1_024 ? `${Math.floor(mebibytes)} MiB` : `${(mebibytes / 1_024).toFixed(1)} GiB`;
}
