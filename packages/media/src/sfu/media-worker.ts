import type { types } from 'mediasoup';
import { WorkerLoad } from './worker-load.ts';

export interface ListenPort {
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
}

export interface MediaWorkerOptions {
  /** `0.0.0.0`: all IPv4 addresses. `::`: those of IPv6 as well. */
  readonly listenAddress: string;
  /** One port for UDP and TCP alike, and for both families; 0 takes any that are free. */
  readonly port: number;
  /** The worker's program; undefined takes the one that came with the library. */
  readonly workerPath: string | undefined;
}

/** One process of the SFU with the one port through which all its WebRTC traffic goes. */
export class MediaWorker {
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  readonly ports: readonly ListenPort[];
  readonly load = new WorkerLoad();
  /** Stages whose origin is on this worker. */
  stages = 0;

  private constructor(worker: types.Worker, webRtcServer: types.WebRtcServer, ports: readonly ListenPort[]) {
    this.worker = worker;
    this.webRtcServer = webRtcServer;
    this.ports = ports;
  }

  /** @throws when the program is missing or the port is taken */
  static async start({ listenAddress, port, workerPath }: MediaWorkerOptions): Promise<MediaWorker> {
    const worker = await startProgram(workerPath);
    try {
      const listenInfos = (['udp', 'tcp'] as const).flatMap((protocol) =>
        ownAddresses(listenAddress).map((own) => ({ protocol, ...own, ...(port === 0 ? {} : { port }) })),
      );
      const webRtcServer = await worker.createWebRtcServer({ listenInfos });
      const { udpSockets, tcpServers } = await webRtcServer.dump();
      const ports = [...portsOf('udp', udpSockets), ...portsOf('tcp', tcpServers)];
      return new MediaWorker(worker, webRtcServer, ports);
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  get alive(): boolean {
    return !this.worker.closed;
  }
}

/**
 * What to bind. For `::` it is two, each for its family, so that no IPv4 client is taken for, and told that it has, an
 * address of IPv6 (`::ffff:192.0.2.1`). A wildcard cannot stand in a candidate: announceCandidates() puts the addresses
 * that clients see in the place of these.
 */
function ownAddresses(listenAddress: string): Pick<types.TransportListenInfo, 'ip' | 'announcedAddress' | 'flags'>[] {
  const anyIpv4 = { ip: '0.0.0.0', announcedAddress: '127.0.0.1' };
  const anyIpv6 = { ip: '::', announcedAddress: '::1', flags: { ipv6Only: true } };
  switch (listenAddress) {
    case '0.0.0.0':
      return [anyIpv4];
    case '::':
      return [anyIpv6, anyIpv4];
    default:
      return [{ ip: listenAddress }];
  }
}

/** One for both families where they have the same one. */
function portsOf(protocol: ListenPort['protocol'], sockets: readonly { port: number }[]): ListenPort[] {
  return [...new Set(sockets.map(({ port }) => port))].map((port) => ({ protocol, port }));
}

/** The worker's program cannot be started. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  readonly reason: string;
  /** What to do about it. */
  readonly advice: string;

  constructor(reason: string, advice: string, cause: unknown) {
    super(`The media worker cannot be started: ${reason}. ${advice}`, { cause });
    this.reason = reason;
    this.advice = advice;
  }
}

/** @throws {WorkerStartError} */
export async function startProgram(workerPath: string | undefined): Promise<types.Worker> {
  // Loaded when it is needed: a server without media does without it.
  const { createWorker, version } = await import('#mediasoup');
  try {
    return await createWorker({ logLevel: 'warn', ...(workerPath === undefined ? {} : { workerBin: workerPath }) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = workerPath === undefined ? missingWorkerAdvice(version) : 'media.workerPath names it.';
    throw new WorkerStartError(reason, advice, cause);
  }
}

function missingWorkerAdvice(version: string): string {
  return [
    `Its program comes with the npm package mediasoup, whose install script downloads it: npm install mediasoup@${version}.`,
    'Where that cannot be, name a mediasoup-worker of that version by PROSCENIUM_MEDIASOUP_WORKER (in a clone of Proscenium',
    '"make setup" builds one on Debian), or do without media: PROSCENIUM_MEDIA_WORKERS=0.',
  ].join(' ');
}
