import { readdir, readFile, readlink } from 'node:fs/promises';
import { readSocketTable } from './socket-table.ts';

/** A process that holds a port. */
export interface PortHolder {
  readonly pid: number;
  /** Its program, without the path. */
  readonly program: string;
}

/**
 * Who holds a port of this machine. Undefined where the system does not tell: other users' processes are shown to root
 * alone, those outside of a container to nobody in it.
 */
export async function findPortHolder(protocol: 'udp' | 'tcp', port: number): Promise<PortHolder | undefined> {
  const sockets = (await readSocketTable(protocol)) ?? [];
  const inodes = sockets
    .filter((socket) => socket.port === port && (protocol === 'udp' || socket.listening))
    .map(({ inode }) => `socket:[${inode}]`);
  if (inodes.length === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await holdsAny(pid, inodes)) return { pid: Number(pid), program: await programOf(pid) };
  }
  return undefined;
}

export function formatHolder(holder: PortHolder | undefined): string {
  return holder === undefined ? 'another program' : `${holder.program} (pid ${holder.pid})`;
}

async function holdsAny(pid: string, links: readonly string[]): Promise<boolean> {
  // A process may end meanwhile, or belong to somebody else.
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const file of files) {
    const link = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
    if (links.includes(link)) return true;
  }
  return false;
}

/** Arguments stay out of it, for they may hold secrets. */
async function programOf(pid: string): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = ''] = command.split('\0');
  return program.split('/').at(-1) || 'a process';
}
