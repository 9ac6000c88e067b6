import { type ChildProcess, spawnSync } from 'node:child_process';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../../test/support/netns.ts';
import { nextMessage, startProgram } from '../support/programs.ts';
import type { Endpoint } from './orders.ts';
import type { Target } from './targets.ts';

/** Janus takes no loopback address for media: it runs in a network of its own, and so does who sends to it. */
class Janus implements Target {
  readonly name = 'Janus';
  readonly workerPid: number;
  readonly controlPid = undefined;
  readonly enter: readonly string[];
  readonly #network: NetworkNamespace;
  readonly #program: ChildProcess;
  readonly #base: string;
  #publishers = 0;

  private constructor(network: NetworkNamespace, program: ChildProcess, port: number, workerPid: number) {
    this.#network = network;
    this.#program = program;
    this.enter = network.command;
    this.workerPid = workerPid;
    this.#base = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Janus> {
    const network = createNamespace();
    const file = new URL('./janus-gateway.ts', import.meta.url);
    const program = startProgram(file, 'measured', [network.address], network.command);
    const { port, workerPid } = await nextMessage<{ port: number; workerPid: number }>(program);
    return new Janus(network, program, port, workerPid);
  }

  async publisher(): Promise<Endpoint> {
    return { url: `${this.#base}/publish/${this.#publishers++}`, token: 'none' };
  }

  async subscribers(publisher: number, count: number): Promise<Endpoint[]> {
    const endpoint = { url: `${this.#base}/subscribe/${publisher}`, token: 'none', offerer: 'server' } as const;
    return Array.from({ length: count }, () => endpoint);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#program.once('exit', resolve));
    this.#program.kill();
    await ended;
    this.#network.remove();
  }
}

/** Why Debian's Janus cannot be had, or false. */
export const janusMissing = spawnSync('janus', ['--help']).error
  ? 'it is not installed (on Debian: apt-get install --no-install-recommends janus)'
  : netnsMissing();

/** Janus with its video room; undefined where it cannot be had. */
export async function startJanus(): Promise<Target | undefined> {
  return janusMissing === false ? Janus.start() : undefined;
}
