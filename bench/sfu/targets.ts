import type { ChildProcess } from 'node:child_process';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  type IVSRealTimeClient,
} from '@aws-sdk/client-ivs-realtime';
import { readToken } from '@proscenium/load-test';
import { mediaWorker } from '../../test/support/media-worker.ts';
import { childrenOf } from '../../test/support/processes.ts';
import { type ServerProcess, startServer } from '../../test/support/server.ts';
import { nextMessage, pinMeasured, startProgram } from '../support/programs.ts';
import type { Endpoint } from './orders.ts';

/** Something that forwards media, with one core for it. */
export interface Target {
  readonly name: string;
  /** The process that forwards. */
  readonly workerPid: number;
  /** The process that does all else; undefined where one process does both. */
  readonly controlPid: number | undefined;
  /** What to run before a program for it to reach the target; empty where that needs nothing. */
  readonly enter: readonly string[];
  /** A place for one more publisher; they count from 0. */
  publisher(): Promise<Endpoint>;
  /** Places for more subscribers to a publisher. */
  subscribers(publisher: number, count: number): Promise<Endpoint[]>;
  close(): Promise<void>;
}

/** A server of ours as a user starts it, with one worker and one stage. */
export class OurServer implements Target {
  readonly name = 'Proscenium';
  readonly enter = [];
  readonly workerPid: number;
  readonly stageArn: string;
  readonly #server: ServerProcess;
  readonly publisherTokens: string[] = [];

  private constructor(server: ServerProcess, workerPid: number, stageArn: string) {
    this.#server = server;
    this.workerPid = workerPid;
    this.stageArn = stageArn;
  }

  static async start(): Promise<OurServer> {
    const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '1' } });
    const [workerPid] = (await childrenOf(server.pid)).keys();
    if (workerPid === undefined) throw new Error('The server has no worker');
    pinMeasured(server.pid);
    pinMeasured(workerPid);
    const { stage } = await server.client.send(new CreateStageCommand({ name: 'bench' }));
    return new OurServer(server, workerPid, stage?.arn ?? '');
  }

  get controlPid(): number {
    return this.#server.pid;
  }

  get client(): IVSRealTimeClient {
    return this.#server.client;
  }

  get publisherIds(): string[] {
    return this.publisherTokens.map((token) => readToken(token).participantId);
  }

  async publisher(): Promise<Endpoint> {
    const token = await this.invite();
    this.publisherTokens.push(token);
    return { url: readToken(token).whipUrl, token };
  }

  async subscribers(publisher: number, count: number): Promise<Endpoint[]> {
    const endpoints: Endpoint[] = [];
    for (let index = 0; index < count; index += 1) endpoints.push(this.subscriber(publisher, await this.invite()));
    return endpoints;
  }

  subscriber(publisher: number, token: string): Endpoint {
    return { url: `${readToken(token).whipUrl}/subscribe/${this.publisherIds[publisher]}`, token };
  }

  async invite(stageArn = this.stageArn): Promise<string> {
    const command = new CreateParticipantTokenCommand({ stageArn, userId: 'bench' });
    const { participantToken } = await this.#server.client.send(command);
    return participantToken?.token ?? '';
  }

  async close(): Promise<void> {
    await this.#server.stop();
  }
}

/** A target that is a program of this folder and takes offers at `/publish/N` and `/subscribe/N`. */
class ReferenceProgram implements Target {
  readonly name: string;
  readonly enter = [];
  readonly workerPid: number;
  readonly controlPid: number;
  readonly #program: ChildProcess;
  readonly #base: string;
  #publishers = 0;

  constructor(name: string, program: ChildProcess, { port, workerPid }: { port: number; workerPid: number }) {
    this.name = name;
    this.#program = program;
    this.workerPid = workerPid;
    this.controlPid = program.pid ?? 0;
    this.#base = `http://127.0.0.1:${port}`;
  }

  async publisher(): Promise<Endpoint> {
    return { url: `${this.#base}/publish/${this.#publishers++}`, token: 'none' };
  }

  async subscribers(publisher: number, count: number): Promise<Endpoint[]> {
    return Array.from({ length: count }, () => ({ url: `${this.#base}/subscribe/${publisher}`, token: 'none' }));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#program.once('exit', resolve));
    this.#program.kill();
    await ended;
  }
}

/** One mediasoup router in the same worker program. */
export async function startBareMediasoup(): Promise<Target> {
  const program = startProgram(new URL('./bare-mediasoup.ts', import.meta.url), 'measured', [mediaWorker]);
  const { port } = await nextMessage<{ port: number }>(program);
  const [workerPid = 0] = (await childrenOf(program.pid ?? 0)).keys();
  return new ReferenceProgram('bare mediasoup', program, { port, workerPid });
}

/** A process that sends datagrams back. */
export async function startEcho(): Promise<{ port: number; close(): void }> {
  const program = startProgram(new URL('./udp-echo.ts', import.meta.url), 'measured');
  const { port } = await nextMessage<{ port: number }>(program);
  return { port, close: () => program.kill() };
}
