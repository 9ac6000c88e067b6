import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** What became of an attempt to take a port: undefined when it is free, else the code of the system's refusal. */
export type PortRefusal = 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'EACCES' | string;

/** Takes a port for a moment. */
export async function tryPort(protocol: 'udp' | 'tcp', host: string, port: number): Promise<PortRefusal | undefined> {
  try {
    await (protocol === 'udp' ? tryUdp(host, port) : tryTcp(host, port));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}

/** What a refusal means, and what to do about it, other than that somebody has the port. */
export function explainRefusal(refusal: PortRefusal, host: string, port: number): { says: string; remedy: string } {
  switch (refusal) {
    case 'EADDRNOTAVAIL':
      return {
        says: `${host} is no address of this machine`,
        remedy: 'Name one that it has, or 0.0.0.0 for all of them; what clients are told is media.announcedAddresses.',
      };
    case 'EACCES':
      return {
        says: `this user may not take port ${port}`,
        remedy:
          'Ports below 1024 need a privilege (AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit): take a higher ' +
          'one, or run the doctor as the user that runs the server.',
      };
    case 'ENOTFOUND':
      return { says: `the name ${host} has no address`, remedy: 'Name an IP address, or add the name to /etc/hosts.' };
    default:
      return { says: `port ${port} of ${host} cannot be taken: ${refusal}`, remedy: 'Take another address or port.' };
  }
}

async function tryUdp(host: string, port: number): Promise<void> {
  const ipv6 = host.includes(':');
  const socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6 });
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}

async function tryTcp(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
