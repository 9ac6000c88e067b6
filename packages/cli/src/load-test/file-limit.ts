import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open; undefined where the system does not say, or sets no limit. */
export function openFilesLimit(): number | undefined {
  try {
    return readOpenFilesLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined; // not Linux
  }
}

/** The soft limit: proc_pid_limits(5). */
export function readOpenFilesLimit(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
