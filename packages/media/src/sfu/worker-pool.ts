import { EventEmitter } from 'node:events';
import { MediaRefusal } from '../refusal.ts';
import { type ListenPort, MediaWorker, type MediaWorkerOptions } from './media-worker.ts';
import { placeStage } from './placement.ts';
import { readWorker, type WorkerReading } from './worker-reading.ts';

export interface WorkerPoolOptions extends MediaWorkerOptions {
  /** None means no media at all. */
  readonly workers: number;
}

export interface WorkerPoolEvents {
  /** A worker's process ended by itself. Its stages are closed; another process takes its place. */
  workerdied: [pid: number];
  /** A new process could not be started; another attempt follows. */
  restartfailed: [error: Error];
  /** A worker took the place of one that had died. */
  workerstarted: [];
}

const RESTART_DELAYS_MS = [0, 500, 1_000, 2_000, 5_000];
/** A worker that lived for so long did start well. One that dies again and again costs a start each time, not more. */
const STABLE_AFTER_MS = 1_000;

/** The SFU's worker processes: one per slot, each on its own port, restarted when it dies. */
export class WorkerPool extends EventEmitter<WorkerPoolEvents> {
  readonly #options: WorkerPoolOptions;
  readonly #slots: (MediaWorker | undefined)[];
  readonly #restarts = new Map<number, NodeJS.Timeout>();
  /** By slot. They do not reject. */
  readonly #starting = new Map<number, Promise<void>>();
  #closed = false;

  private constructor(options: WorkerPoolOptions) {
    super();
    this.#options = options;
    this.#slots = new Array(options.workers).fill(undefined);
  }

  /** Starts all workers. @throws when one of them cannot be started; none is left running then */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const results = await Promise.allSettled(pool.#slots.map((_, slot) => pool.#startSlot(slot, 0)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) {
      pool.close();
      throw failure.reason;
    }
    return pool;
  }

  get ports(): ListenPort[] {
    return this.#slots.flatMap((worker) => [...(worker?.ports ?? [])]);
  }

  /** Process ids of the living workers. */
  get pids(): number[] {
    return this.living.map(({ worker }) => worker.pid);
  }

  get living(): MediaWorker[] {
    return this.#slots.filter((worker) => worker !== undefined).filter(({ alive }) => alive);
  }

  /** What the living workers do and take. */
  async readings(): Promise<WorkerReading[]> {
    const readings = this.#slots.map((worker, slot) => (worker?.alive ? [readWorker(slot, worker)] : []));
    return Promise.all(readings.flat());
  }

  /**
   * The worker for a new stage. Where none lives, one that is being started is waited for: a client need not come twice.
   *
   * @throws {MediaRefusal} `UNAVAILABLE` when there is none, and none about to be
   */
  async forStage(): Promise<MediaWorker> {
    // Stages hear that their worker died just before this pool does, and ask at once.
    await Promise.resolve();
    while (this.living.length === 0 && this.#starting.size > 0) await Promise.race(this.#starting.values());
    const worker = placeStage(this.living);
    if (!worker) {
      const reason = this.#slots.length === 0 ? 'This server was started without media' : 'No media worker is running';
      throw new MediaRefusal('UNAVAILABLE', reason);
    }
    return worker;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#restarts.values()) clearTimeout(timer);
    this.#restarts.clear();
    for (const worker of this.#slots) worker?.worker.close();
  }

  async #startSlot(slot: number, attempt: number): Promise<void> {
    const { port } = this.#options;
    const startedMs = performance.now();
    const worker = await MediaWorker.start({ ...this.#options, port: port === 0 ? 0 : port + slot });
    if (this.#closed) {
      worker.worker.close();
      return;
    }
    this.#slots[slot] = worker;
    worker.worker.once('died', () => {
      this.#slots[slot] = undefined;
      this.emit('workerdied', worker.worker.pid);
      this.#restart(slot, performance.now() - startedMs > STABLE_AFTER_MS ? 0 : attempt);
    });
  }

  #restart(slot: number, attempt: number): void {
    if (this.#closed) return;
    const delayMs = RESTART_DELAYS_MS[Math.min(attempt, RESTART_DELAYS_MS.length - 1)] ?? 0;
    if (delayMs === 0) this.#startAgain(slot, attempt);
    else
      this.#restarts.set(
        slot,
        setTimeout(() => this.#startAgain(slot, attempt), delayMs),
      );
  }

  #startAgain(slot: number, attempt: number): void {
    this.#restarts.delete(slot);
    const starting = this.#startSlot(slot, attempt + 1).then(
      () => {
        this.#starting.delete(slot);
        this.emit('workerstarted');
      },
      (error: Error) => {
        this.#starting.delete(slot);
        if (this.#closed) return;
        this.emit('restartfailed', error);
        this.#restart(slot, attempt + 1);
      },
    );
    this.#starting.set(slot, starting);
  }
}
