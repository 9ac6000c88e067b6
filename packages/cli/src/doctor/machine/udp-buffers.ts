import { readFile } from 'node:fs/promises';
import { type Check, ok, skipped, warning } from '../check.ts';
import { readSocketTable } from './socket-table.ts';

/**
 * Whether the sockets for media hold what comes while a worker does something else. What they lost for want of room is
 * counted by the system: a large buffer that is full helps less than a small one that never is.
 */
export const udpBuffersCheck: Check<'config'> = {
  id: 'udp-buffers',
  title: 'UDP buffers',
  needs: ['config'],
  timeoutMs: 2_000,
  async run({ config: { media } }) {
    const bytes = await readNumber('/proc/sys/net/core/rmem_default');
    const sockets = await readSocketTable('udp');
    if (bytes === undefined || sockets === undefined) {
      return { findings: [skipped('this system does not tell their size')] };
    }
    const size = `${Math.round(bytes / 1_024)} KiB for each media port`;
    const ports = sockets.filter(
      ({ port }) => media.port > 0 && port >= media.port && port < media.port + media.workers,
    );
    const dropped = ports.reduce((sum, { drops }) => sum + drops, 0);
    if (dropped === 0) return { findings: [ok(`${size}${ports.length > 0 ? ', and none was ever full' : ''}`)] };
    return {
      findings: [
        warning(
          `${size}: ${dropped} packets that came were thrown away because it was full`,
          'Enlarge it (sysctl -w net.core.rmem_default=4194304, and the same in /etc/sysctl.d), then restart the server; ' +
            'if it stays so, give it more processor cores.',
        ),
      ],
    };
  },
};

async function readNumber(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
