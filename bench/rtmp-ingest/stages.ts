import { IngestServer, type Sfu, type StageMedia } from '@proscenium/media';
import { startUnlimitedSfu } from '../support/unlimited-sfu.ts';

const HOST = '127.0.0.1';

/** An ingest server that lets every encoder into a stage of his own. */
export class IngestStages {
  readonly #sfu: Sfu;
  readonly #server: IngestServer;
  readonly #stages: Map<string, StageMedia>;
  #keys = 0;

  private constructor(sfu: Sfu, server: IngestServer, stages: Map<string, StageMedia>) {
    this.#sfu = sfu;
    this.#server = server;
    this.#stages = stages;
  }

  static async open(): Promise<IngestStages> {
    const sfu = await startUnlimitedSfu();
    const stages = new Map<string, StageMedia>();
    const server = await IngestServer.start({
      host: HOST,
      rtmpPort: 0,
      onLog: (line) => console.error(line),
      authorize: async (connection) => {
        const stage = await sfu.createStage();
        stages.set(connection.streamKey, stage);
        await stage.ingest('encoder', connection);
        return undefined;
      },
    });
    return new IngestStages(sfu, server, stages);
  }

  get port(): number {
    return this.#server.ports.RTMP ?? 0;
  }

  get programPid(): number {
    return this.#server.pid ?? 0;
  }

  /** How many publish now. */
  get publishing(): number {
    return [...this.#stages.values()].filter((stage) => stage.publisher('encoder')?.kinds.length === 2).length;
  }

  newUrl(): string {
    return `rtmp://${HOST}:${this.port}/app/${this.newKey()}`;
  }

  newKey(): string {
    return `key-${++this.#keys}`;
  }

  /** Of an encoder that has been let in. */
  stage(streamKey: string): StageMedia {
    const stage = this.#stages.get(streamKey);
    if (!stage) throw new Error('the encoder has not come');
    return stage;
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.#sfu.close();
  }
}
