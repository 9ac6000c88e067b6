import { readFile } from 'node:fs/promises';
import { type Check, ok, skipped, warning } from '../check.ts';

/** Below it a few thousand participants are too many: each has a socket for events, and one more while it signals. */
const ENOUGH = 8_192;

/** How many files and sockets a process may have open. */
export function fileDescriptorsCheck(limitsFile = '/proc/self/limits'): Check {
  return {
    id: 'file-descriptors',
    title: 'File descriptors',
    needs: [],
    timeoutMs: 1_000,
    async run() {
      const limits = await readFile(limitsFile, 'utf8').catch(() => undefined);
      if (limits === undefined) return { findings: [skipped('this system does not tell the limit')] };
      // Node lifts the soft limit to the hard one when it starts, and so does the server's.
      const [, , hard = ''] = /^Max open files +(\S+) +(\S+)/m.exec(limits) ?? [];
      if (hard === 'unlimited' || Number(hard) >= ENOUGH) return { findings: [ok(`${hard} for each process`)] };
      return {
        findings: [
          warning(
            `${hard} for each process: each participant takes one or two`,
            `Raise the limit: LimitNOFILE=${8 * ENOUGH} in a systemd unit, --ulimit nofile=${8 * ENOUGH} for a container.`,
          ),
        ],
      };
    },
  };
}
