import {
  type IngestConnection,
  type IngestProgramme,
  IngestServer,
  type Sfu,
  type StageMedia,
} from '@proscenium/media';
import { startUnlimitedSfu } from '../support/unlimited-sfu.ts';

const HOST = '127.0.0.1';

/** Two encoders that send the same, before the stage that they send it to. */
interface Pair {
  readonly stage: StageMedia;
  readonly programme: IngestProgramme;
}

/** An ingest server that lets every encoder, or pair of them, into a stage of its own. */
export class IngestStages {
  readonly #sfu: Sfu;
  readonly #server: IngestServer;
  readonly #stages: Map<string, StageMedia>;
  readonly #pairs = new Map<string, Promise<Pair>>();
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
        await ingestStages.#letIn(connection);
        return undefined;
      },
    });
    const ingestStages: IngestStages = new IngestStages(sfu, server, stages);
    return ingestStages;
  }

  async #letIn(connection: IngestConnection): Promise<void> {
    const [key = '', which] = connection.streamKey.split('_');
    if (which === undefined) {
      const stage = await this.#sfu.createStage();
      this.#stages.set(key, stage);
      await stage.ingest('encoder', connection);
      return;
    }
    const pair = this.#pairs.get(key) ?? this.#openPair(key, connection);
    this.#pairs.set(key, pair);
    const { stage, programme } = await pair;
    connection.join(programme);
    await stage.ingestUnseen(which, connection);
  }

  async #openPair(key: string, connection: IngestConnection): Promise<Pair> {
    const stage = await this.#sfu.createStage();
    this.#stages.set(key, stage);
    const programme = await connection.openProgramme();
    await stage.ingest('encoder', programme);
    return { stage, programme };
  }

  get port(): number {
    return this.#server.ports.RTMP ?? 0;
  }

  get programPid(): number {
    return this.#server.pid ?? 0;
  }

  get workerPids(): readonly number[] {
    return this.#sfu.workerPids;
  }

  /** How many publish now. */
  get publishing(): number {
    return [...this.#stages.values()].filter((stage) => stage.publisher('encoder')?.kinds.length === 2).length;
  }

  newUrl(): string {
    return `rtmp://${HOST}:${this.port}/app/${this.newKey()}`;
  }

  /** Of two encoders that send the same. */
  newPairUrls(): [string, string] {
    const url = this.newUrl();
    return [`${url}_one`, `${url}_other`];
  }

  /** Ends the stages that there are, and with them whoever sends to them. */
  endStages(): void {
    for (const stage of this.#stages.values()) stage.close();
    this.#stages.clear();
    this.#pairs.clear();
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
