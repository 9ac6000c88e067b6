import type { BackupProgress, BackupSummary } from '@proscenium/server/backing-up';

/** What is done just now, in a line. */
export function describeProgress({ what, part = 0, files, bytes }: BackupProgress): string {
  if (what === 'database') return `Database: ${Math.floor(part * 100)} %`;
  return `Files: ${files}, ${formatBytes(bytes)}`;
}

/** What it came to. */
export function describeSummary({ files, bytes, objects, madeAt }: BackupSummary): string {
  const what = files === 1 ? '1 file' : `${files} files`;
  return `${what}, ${formatBytes(bytes)}, ${objects ? 'with' : 'without'} objects, as of ${madeAt}`;
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${unit === 0 ? bytes : (bytes / 1_024 ** unit).toFixed(1)} ${units[unit]}`;
}
