import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsCommand } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import type { Block } from './block.ts';
import { createLoopbackNetwork, type LoopbackNetwork } from './network.ts';
import { address, readerEnvironment } from './reader-environment.ts';
import { ShellSession } from './shell-session.ts';

/** The server as it is without options. */
const serverEnvironment = {
  PROSCENIUM_ACCESS_KEY_ID: '',
  PROSCENIUM_SECRET_ACCESS_KEY: '',
  PROSCENIUM_MEDIA_PORT: '',
  PROSCENIUM_MEDIA_WORKERS: '',
  PROSCENIUM_INGEST_RTMP_PORT: '',
  PROSCENIUM_INGEST_RTMPS_PORT: '',
  PROSCENIUM_THROTTLES_ENABLED: '',
};

/** Where the blocks of a page run: a folder as that of a clone in which `make start` runs, and a shell. */
export class Sandbox {
  readonly #server: ServerProcess;
  readonly #session: ShellSession;
  readonly #close: () => Promise<void>;

  private constructor(server: ServerProcess, session: ShellSession, close: () => Promise<void>) {
    this.#server = server;
    this.#session = session;
    this.#close = close;
  }

  /** @param ownNetwork where it runs beside others */
  static async create(page: string, { ownNetwork }: { ownNetwork: boolean }): Promise<Sandbox> {
    const work = await mkdtemp(path.join(tmpdir(), 'proscenium-page-'));
    const folder = path.join(work, 'folder');
    await mkdir(folder);
    const dataFolder = path.join(work, 'data');
    await symlink(dataFolder, path.join(folder, 'data'));
    let network: LoopbackNetwork | undefined;
    let server: ServerProcess | undefined;
    const close = async () => {
      // A page may have drained it, whereupon it ends by itself.
      const drained = /"msg":"draining/.test(server?.log() ?? '');
      try {
        await (drained ? server?.ended : server?.stop());
      } finally {
        await network?.end();
        await rm(work, { recursive: true });
      }
    };
    try {
      network = ownNetwork ? await createLoopbackNetwork() : undefined;
      server = await startServer({
        ...(network && { network: { command: network.command as [string] } }),
        dataFolder,
        env: serverEnvironment,
        args: ['--listen', address],
      });
      const env = await readerEnvironment({ work, credentialsFile: path.join(dataFolder, 'credentials') });
      // The `aws` of this machine, which tests start once for many calls.
      const aws = await awsCommand();
      if (path.isAbsolute(aws)) env.PATH = `${path.dirname(aws)}${path.delimiter}${env.PATH}`;
      const command = network?.command ?? [];
      const session = new ShellSession({ page, folder, scratch: path.join(work, 'blocks'), env, command });
      return new Sandbox(server, session, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Runs a block. @returns what it printed */
  async run(block: Block): Promise<string> {
    try {
      return await this.#session.run(block);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe server said:\n${this.#server.log().slice(-4_000)}`);
    }
  }

  /** @throws when something in the background had failed */
  async close(): Promise<void> {
    await this.#session.end().finally(this.#close);
  }
}
