import os from 'node:os';
import path from 'node:path';

/** Where the user's caches are, ours among them. All clones share it. */
export function cacheDirectory(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'proscenium');
}
