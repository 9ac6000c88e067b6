import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atProcessEnd } from './process-end.ts';

/** Debian's coturn, as an operator runs it beside a server. */
export interface TurnServer {
  secret: string;
  /** For UDP. */
  url: string;
  port: number;
  close(): Promise<void>;
}

const startGuardMs = 60_000;

/** A reason to skip, or false. */
export function turnServerMissing(): string | false {
  const { error } = spawnSync('turnserver', ['--help'], { stdio: 'ignore' });
  return error === undefined ? false : 'coturn is not there (Debian package coturn)';
}

/** @param address to listen on and to relay from, not a loopback one: those are refused as peers */
export async function startTurnServer(address: string): Promise<TurnServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-turn-'));
  const secret = 'a-secret-that-both-servers-know';
  const port = await freePort(address);
  const child = spawn(
    'turnserver',
    [
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-multicast-peers', '--realm', 'proscenium.test'],
      ...['--listening-ip', address, '--listening-port', String(port), '--relay-ip', address],
      ...['--use-auth-secret', '--static-auth-secret', secret],
      ...[
        '--userdb',
        path.join(folder, 'turndb'),
        '--pidfile',
        path.join(folder, 'pid'),
        '--log-file',
        path.join(folder, 'log'),
      ],
    ],
    { stdio: 'ignore' },
  );
  const forget = atProcessEnd(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGKILL'); // it takes seconds to end by itself
    await ended;
    forget();
    await rm(folder, { recursive: true });
  };
  await untilListening(address, port).catch(async (cause: unknown) => {
    await close();
    throw new Error('The TURN server did not start', { cause });
  });
  return {
    secret,
    url: `turn:${address}:${port}`,
    port,
    close,
  };
}

/** Asks (STUN Binding, RFC 8489 section 5) until there is an answer. */
async function untilListening(address: string, port: number): Promise<void> {
  const request = Buffer.from(`000100002112a442${'00'.repeat(12)}`, 'hex');
  const socket = createSocket('udp4');
  const answered = once(socket, 'message', { signal: AbortSignal.timeout(startGuardMs) });
  const asking = setInterval(() => socket.send(request, port, address), 100);
  try {
    await answered;
  } finally {
    clearInterval(asking);
    socket.close();
  }
}

async function freePort(address: string): Promise<number> {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
