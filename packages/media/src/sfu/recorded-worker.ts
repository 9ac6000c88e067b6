import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The mediasoup worker that set-up built because mediasoup's own could not be had: set-up notes its place in
 * node_modules/.proscenium/worker.json. Looks in `directory` and the folders above it; undefined where there is none,
 * which means mediasoup's own.
 */
export function findRecordedWorker(directory: string): string | undefined {
  for (let folder = directory; ; folder = path.dirname(folder)) {
    const record = path.join(folder, 'node_modules/.proscenium/worker.json');
    if (existsSync(record)) {
      const { path: worker } = JSON.parse(readFileSync(record, 'utf8')) as { path: string };
      return existsSync(worker) ? worker : undefined;
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}
