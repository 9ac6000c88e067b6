import type { types } from 'mediasoup';
import { WorkerLoad } from './worker-load.ts';

export interface ListenPort {
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
}

export interface MediaWorkerOptions {
  readonly listenAddress: string;
  /** One port for UDP and TCP alike; 0 takes any two that are free. */
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
      // A wildcard cannot stand in a candidate; the addresses that clients see are put in by announceCandidates().
      const wildcard = listenAddress === '0.0.0.0' || listenAddress === '::';
      const listenInfo = {
        ip: listenAddress,
        ...(wildcard ? { announcedAddress: '127.0.0.1' } : {}),
        ...(port === 0 ? {} : { port }),
      };
      const webRtcServer = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ...listenInfo },
          { protocol: 'tcp', ...listenInfo },
        ],
      });
      const { udpSockets, tcpServers } = await webRtcServer.dump();
      const ports = [
        ...udpSockets.map((socket) => ({ protocol: 'udp' as const, port: socket.port })),
        ...tcpServers.map((server) => ({ protocol: 'tcp' as const, port: server.port })),
      ];
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

async function startProgram(workerPath: string | undefined): Promise<types.Worker> {
  // Loaded when it is needed: a server without media does without it.
  const { createWorker, version } = await import('#mediasoup');
  try {
    return await createWorker({ logLevel: 'warn', ...(workerPath === undefined ? {} : { workerBin: workerPath }) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = workerPath === undefined ? missingWorkerAdvice(version) : 'media.workerPath names it.';
    throw new Error(`The media worker cannot be started: ${reason}. ${advice}`, { cause });
  }
}

function missingWorkerAdvice(version: string): string {
  return [
    `Its program comes with the npm package mediasoup, whose install script downloads it: npm install mediasoup@${version}.`,
    'Where that cannot be, name a mediasoup-worker of that version by PROSCENIUM_MEDIASOUP_WORKER (in a clone of Proscenium',
    '"make setup" builds one on Debian), or do without media: PROSCENIUM_MEDIA_WORKERS=0.',
  ].join(' ');
}
