/**
 * Preloaded into the server's process: writes what the process holds into the file that PROSCENIUM_SOAK_REPORT names, each
 * time it gets SIGWINCH, a signal that does nothing else.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** What a process holds that /proc does not show. */
export interface ReportedResources {
  /** Timers that keep the process. */
  readonly timers: number;
  /** Everything else that does: sockets, servers, pipes. */
  readonly handles: number;
  /** JavaScript heap after a full collection, in bytes. */
  readonly heapBytes: number;
}

const file = process.env.PROSCENIUM_SOAK_REPORT;
if (isMainThread && file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  process.on('SIGWINCH', () => {
    collectGarbage();
    const resources = process.getActiveResourcesInfo();
    const timers = resources.filter((kind) => kind === 'Timeout').length;
    const report: ReportedResources = {
      timers,
      handles: resources.length - timers,
      heapBytes: process.memoryUsage().heapUsed,
    };
    writeFileSync(file, JSON.stringify(report));
  });
}
