import { availableParallelism } from 'node:os';
import { ChildProgram, type ChildProgramTiming, entryBeside } from '../child-program/child-program.ts';
import { countedCores, estimatedCores, hasRoom, type RunningComposition } from './capacity.ts';
import type { FromComposer, ToComposer } from './composer-messages.ts';
import { Composition } from './composition.ts';
import { CompositionFault } from './composition-fault.ts';
import type { CompositionOptions } from './composition-options.ts';

export interface CompositorsOptions {
  /** Each line that a composer writes to its standard error, and what goes wrong on the way to it. */
  readonly onLog?: (line: string) => void;
  /** How much of the processor all compositions together may take. @default as many as there are */
  readonly cores?: number;
}

/** How full it is, in cores. */
export interface CompositionCapacity {
  readonly budgetCores: number;
  /** What running compositions are counted for. */
  readonly takenCores: number;
  readonly compositions: number;
}

interface Running {
  readonly options: CompositionOptions;
  readonly composition: Composition | undefined;
  /** The newest ones. */
  readonly measured: number[];
}

/** Of measurements two seconds apart: the most of a minute counts. */
const MEASUREMENTS = 30;
/** With fewer, it has only begun. */
const FIRST_MEASUREMENTS = 5;

const TIMING: Partial<ChildProgramTiming> = {
  // One that stands still is noticed within 15 s; a machine that is merely busy lets it answer once in that time.
  pingIntervalMs: 2_500,
  unansweredPings: 5,
  closeTimeoutMs: 6_000,
  restartDelaysMs: [0, 500, 1_000, 2_000],
};

/** The programs that compose: one for each composition, as many as the processor has room for. */
export class Compositors {
  readonly #onLog: (line: string) => void;
  readonly #budgetCores: number;
  readonly #running = new Set<Running>();
  #closed = false;

  constructor({ onLog = () => undefined, cores = availableParallelism() }: CompositorsOptions = {}) {
    this.#onLog = onLog;
    this.#budgetCores = cores;
  }

  get capacity(): CompositionCapacity {
    return {
      budgetCores: this.#budgetCores,
      takenCores: countedCores(this.#counted()),
      compositions: this.#running.size,
    };
  }

  /** Process ids of the composers that run. */
  get pids(): number[] {
    return [...this.#running].flatMap(({ composition }) => composition?.pid ?? []);
  }

  /** @throws {CompositionFault} */
  async compose(options: CompositionOptions): Promise<Composition> {
    this.#admit(options);
    const starting: Running = { options, composition: undefined, measured: [] };
    this.#running.add(starting);
    try {
      const composition = await Composition.begin(await this.#startComposer(), options, this.#onLog);
      this.#keep({ ...starting, composition });
      if (!this.#closed) return composition;
      await composition.stop();
      throw new CompositionFault('INTERNAL', 'Nothing is composed any more');
    } finally {
      this.#running.delete(starting);
    }
  }

  /** Stops all compositions. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map(({ composition }) => composition?.stop()));
  }

  #admit(options: CompositionOptions): void {
    if (this.#closed) throw new CompositionFault('INTERNAL', 'Nothing is composed any more');
    const running = this.#counted();
    if (hasRoom(this.#budgetCores, running, options)) return;
    const [needed, taken, budget] = [estimatedCores(options), countedCores(running), this.#budgetCores].map((cores) =>
      cores.toFixed(2),
    );
    throw new CompositionFault(
      'NO_CAPACITY',
      `A composition like this needs about ${needed} cores, and those that run have ${taken} of ${budget}`,
    );
  }

  #counted(): RunningComposition[] {
    return [...this.#running].map(({ options, composition, measured }) => ({
      options: composition?.options ?? options,
      measuredCores: measured.length < FIRST_MEASUREMENTS ? undefined : Math.max(...measured),
    }));
  }

  #keep(running: Running & { readonly composition: Composition }): void {
    const { composition, measured } = running;
    this.#running.add(running);
    composition.once('ended', () => this.#running.delete(running));
    composition.on('statistics', ({ cores }) => {
      measured.push(cores);
      if (measured.length > MEASUREMENTS) measured.shift();
    });
  }

  async #startComposer() {
    try {
      return await ChildProgram.start<ToComposer, FromComposer>({
        entry: entryBeside(import.meta.url, 'composer-program'),
        name: 'composer',
        onLog: this.#onLog,
        timing: TIMING,
      });
    } catch (cause) {
      throw new CompositionFault('INTERNAL', 'The composer cannot be started', { cause });
    }
  }
}
