import { EventEmitter } from 'node:events';
import { defaultAnnouncedAddresses } from './announced-addresses.ts';
import type { ListenPort } from './media-worker.ts';
import { StageMedia, type StageMediaDump, type StageMediaOptions } from './stage-media.ts';
import { WorkerPool, type WorkerPoolEvents } from './worker-pool.ts';
import type { WorkerReading } from './worker-reading.ts';

export interface SfuOptions {
  /** Address on which media is received. */
  readonly listenAddress: string;
  /** First port; worker n takes `port + n` for UDP and TCP. 0 takes free ports. */
  readonly port: number;
  /** Worker processes; one per core is the field's habit. With none, every stage is refused as `UNAVAILABLE`. */
  readonly workers: number;
  /** The worker's program; undefined takes the one that came with the library. */
  readonly workerPath?: string | undefined;
  /** Addresses told to clients, in order of preference. Empty takes what is listened on. */
  readonly announcedAddresses: readonly string[];
  /** A client that is silent for so long is gone. The worker takes 10 at least. */
  readonly iceConsentTimeoutSeconds: number;
  readonly publishBitrateBps: number;
  readonly subscribeBitrateBps: number;
  /** How many consumers a worker carries before others are placed elsewhere. @default 400 */
  readonly consumersPerWorker?: number;
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
}

export interface SfuDump {
  readonly workers: readonly {
    readonly pid: number;
    readonly ports: readonly ListenPort[];
    /** Consumers that it carries or is about to. */
    readonly load: number;
    /** Stages whose origin is on it. */
    readonly stages: number;
  }[];
  readonly stages: readonly StageMediaDump[];
}

/** The selective forwarding unit: worker processes, and the stages spread over them. */
export class Sfu extends EventEmitter<WorkerPoolEvents> {
  readonly announcedAddresses: readonly string[];
  readonly #pool: WorkerPool;
  readonly #stageOptions: StageMediaOptions;
  readonly #stages = new Set<StageMedia>();

  private constructor(pool: WorkerPool, stageOptions: StageMediaOptions) {
    super();
    this.#pool = pool;
    this.#stageOptions = stageOptions;
    this.announcedAddresses = stageOptions.announcedAddresses;
    pool.on('workerdied', (pid) => this.emit('workerdied', pid));
    pool.on('restartfailed', (error) => this.emit('restartfailed', error));
    pool.on('workerstarted', () => this.emit('workerstarted'));
  }

  /** @throws when a worker cannot be started */
  static async start(options: SfuOptions): Promise<Sfu> {
    const { listenAddress, port, workers, workerPath, announcedAddresses } = options;
    const pool = await WorkerPool.start({ listenAddress, port, workers, workerPath });
    return new Sfu(pool, {
      announcedAddresses: announcedAddresses.length > 0 ? announcedAddresses : defaultAnnouncedAddresses(listenAddress),
      iceConsentTimeoutSeconds: options.iceConsentTimeoutSeconds,
      publishBitrateBps: options.publishBitrateBps,
      subscribeBitrateBps: options.subscribeBitrateBps,
      connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
      answerTimeoutMs: options.answerTimeoutMs ?? 10_000,
      workers: () => pool.living,
      consumersPerWorker: options.consumersPerWorker ?? 400,
    });
  }

  get ports(): ListenPort[] {
    return this.#pool.ports;
  }

  get workerPids(): number[] {
    return this.#pool.pids;
  }

  /** What the living workers do and take. */
  workerReadings(): Promise<WorkerReading[]> {
    return this.#pool.readings();
  }

  /** Makes room for a stage on the worker with the least load. @throws {MediaRefusal} `UNAVAILABLE` */
  async createStage(): Promise<StageMedia> {
    for (;;) {
      const worker = await this.#pool.forStage();
      try {
        const stage = await StageMedia.create(worker, this.#stageOptions);
        if (worker.alive) return this.#keep(stage);
        stage.close();
      } catch (error) {
        if (worker.alive) throw error;
      }
      // It died meanwhile: another one takes its place.
    }
  }

  #keep(stage: StageMedia): StageMedia {
    this.#stages.add(stage);
    stage.once('closed', () => this.#stages.delete(stage));
    return stage;
  }

  /** What is where, for operators and tests. */
  async dump(): Promise<SfuDump> {
    const workers = this.#pool.living.map((worker) => ({
      pid: worker.worker.pid,
      ports: worker.ports,
      load: worker.load.consumers,
      stages: worker.stages,
    }));
    return { workers, stages: await Promise.all([...this.#stages].map((stage) => stage.dump())) };
  }

  /** Ends all media and all workers. */
  close(): void {
    this.#pool.close();
  }
}
