import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Signalling } from '@proscenium/load-test';
import {
  type Publisher,
  Recorders,
  type Recording,
  type RecordingOptions,
  Sfu,
  type StageMedia,
} from '@proscenium/media';
import { mediaWorker } from './media-worker.ts';

/** Failure guard: how long somebody may take until media comes from him, or more is recorded. */
const GUARD_MS = 60_000;
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, DELETE',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-expose-headers': 'location',
};

/** A stage without the server around it, into which anybody publishes by WHIP, and what records it. */
export class RecordedStage {
  readonly #sfu: Sfu;
  readonly #stage: StageMedia;
  readonly #recorders: Recorders;
  readonly #door: Server;
  readonly #folder: string;
  readonly #refusals: unknown[] = [];

  private constructor(sfu: Sfu, stage: StageMedia, recorders: Recorders, folder: string) {
    this.#sfu = sfu;
    this.#stage = stage;
    this.#recorders = recorders;
    this.#folder = folder;
    this.#door = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#refusals.push(error);
        response.writeHead(400, CORS).end(String(error));
      });
    });
  }

  static async start(): Promise<RecordedStage> {
    const sfu = await Sfu.start({
      listenAddress: '127.0.0.1',
      port: 0,
      workers: 1,
      workerPath: mediaWorker,
      announcedAddresses: [],
      iceConsentTimeoutSeconds: 10,
      publishBitrateBps: 8_500_000,
      subscribeBitrateBps: 8_500_000,
    });
    const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-recordings-'));
    const recorded = new RecordedStage(sfu, await sfu.createStage(), await Recorders.start(), folder);
    recorded.#door.listen(0, '127.0.0.1');
    await once(recorded.#door, 'listening');
    return recorded;
  }

  /** UDP port to which publishers send. */
  get mediaPort(): number {
    const port = this.#sfu.ports.find(({ protocol }) => protocol === 'udp')?.port;
    if (port === undefined) throw new Error('The stage has no UDP port');
    return port;
  }

  /** Lets somebody of this process publish. */
  signalling(name: string): Signalling {
    return async (offer) => {
      const publisher = await this.#stage.publish(name, offer);
      return { answer: publisher.answer, end: async () => publisher.close() };
    };
  }

  /** What somebody else is to publish to. */
  whipUrl(name: string): string {
    return `http://127.0.0.1:${(this.#door.address() as AddressInfo).port}/${name}`;
  }

  /** A new folder for a recording. */
  folder(): Promise<string> {
    return mkdtemp(path.join(this.#folder, 'recording-'));
  }

  /** Somebody who publishes now. */
  publisher(name: string): Publisher {
    const publisher = this.#stage.publisher(name);
    if (!publisher) throw new Error(`${name} does not publish: ${this.#refusals}`);
    return publisher;
  }

  record(name: string, options: RecordingOptions, recorders = this.#recorders): Promise<Recording> {
    return recorders.record(this.publisher(name), options);
  }

  async close(): Promise<void> {
    await this.#recorders.close();
    this.#door.closeAllConnections();
    this.#door.close();
    this.#sfu.close();
    await rm(this.#folder, { recursive: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(1);
    if (request.method === 'DELETE') this.#stage.publisher(name)?.close();
    if (request.method !== 'POST') {
      response.writeHead(200, CORS).end();
      return;
    }
    const publisher = await this.#stage.publish(name, await text(request));
    const headers = { ...CORS, 'content-type': 'application/sdp', location: `/${name}` };
    response.writeHead(201, headers).end(publisher.answer);
  }
}

/** Resolves when a recording's folder holds so much. */
export async function untilRecorded(recording: Recording, seconds: number): Promise<void> {
  const failed = once(recording, 'failed', { signal: AbortSignal.timeout(GUARD_MS) }).then(([fault]) => {
    throw fault;
  });
  failed.catch(() => undefined);
  while (recording.durationMs < 1_000 * seconds) {
    await Promise.race([once(recording, 'durationchanged', { signal: AbortSignal.timeout(GUARD_MS) }), failed]);
  }
}
