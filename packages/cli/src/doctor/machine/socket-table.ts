import { readFile } from 'node:fs/promises';

/** A socket of this machine, as /proc/net has it. */
export interface SystemSocket {
  readonly port: number;
  /** By which the process that holds it is found. */
  readonly inode: string;
  /** Packets thrown away because its buffer was full; 0 for TCP. */
  readonly drops: number;
  /** Of TCP: it waits for connections. */
  readonly listening: boolean;
}

const LISTEN_STATE = '0A';

/** All sockets of both families; undefined where the system does not tell. */
export async function readSocketTable(protocol: 'udp' | 'tcp'): Promise<SystemSocket[] | undefined> {
  const texts = await Promise.all(
    [protocol, `${protocol}6`].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => undefined)),
  );
  const [ipv4, ipv6 = ''] = texts;
  return ipv4 === undefined ? undefined : [ipv4, ipv6].flatMap((text) => parseSocketTable(text, protocol));
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html; that of UDP ends with the drops. */
function parseSocketTable(text: string, protocol: 'udp' | 'tcp'): SystemSocket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 10)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16),
      listening: fields[3] === LISTEN_STATE,
      inode: fields[9] ?? '',
      drops: protocol === 'udp' ? Number(fields[12] ?? 0) : 0,
    }));
}
