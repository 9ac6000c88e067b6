import type { Scope } from '@proscenium/model';
import { type StageRef, stageKey } from '../participants/live-stages.ts';
import type { Afterwards, StageDependent } from '../stages/stage-dependent.ts';
import type { Database } from '../store/store.ts';
import { type CompositionRecord, listRunning, listRunningOfStage } from './composition-table.ts';
import { moveComposition } from './move-composition.ts';
import { RunningComposition, type RunningCompositionOptions } from './running-composition.ts';

export type CompositionSupervisorOptions = Omit<RunningCompositionOptions, 'onEnded'>;

/** The compositions of this server that have not ended. */
export class CompositionSupervisor implements StageDependent {
  readonly #options: CompositionSupervisorOptions;
  readonly #running = new Map<string, RunningComposition>();
  #closed = false;

  constructor(options: CompositionSupervisorOptions) {
    this.#options = options;
    options.live.on('published', this.#publishersChanged);
    options.live.on('unpublished', this.#publishersChanged);
  }

  /** Of each; undefined while it is being looked up. */
  get states(): (CompositionRecord['state'] | undefined)[] {
    return Array.from(this.#running.values(), ({ state }) => state);
  }

  /** Takes over what an earlier run of the server has left running. Resolves when its records are right. */
  async recover(): Promise<void> {
    for (const { scope, composition } of await listRunning(this.#options.store.db)) {
      this.#add(scope, composition).happened({ type: 'interrupted' });
    }
    await this.settled();
  }

  /** Looks after a composition that has just been written down. At shutdown the next start does. */
  begin(scope: Scope, composition: CompositionRecord): void {
    if (!this.#closed) this.#add(scope, composition).changed();
  }

  /** Ends a composition, unless it has ended. Resolves when it is durable that it will end. */
  async stop(scope: Scope, id: string): Promise<void> {
    const { store, events, clock } = this.#options;
    const happened = { happening: { type: 'stop' }, time: clock.now() } as const;
    await store.write((trx) => moveComposition(trx, events, { scope, id }, happened));
    this.#running.get(id)?.changed();
  }

  async stageDeleted(trx: Database, stage: StageRef): Promise<Afterwards> {
    const { events, clock } = this.#options;
    const { account, region } = stage;
    const happened = { happening: { type: 'stageDeleted' }, time: clock.now() } as const;
    const ids = await listRunningOfStage(trx, stage);
    for (const id of ids) await moveComposition(trx, events, { scope: { account, region }, id }, happened);
    return () => {
      for (const id of ids) this.#running.get(id)?.changed();
    };
  }

  /** Resolves when all that has happened so far is written down, or has to be tried again later. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), (running) => running.settled()));
  }

  /** Ends all media. The compositions stay as they are for the server's next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.live.off('published', this.#publishersChanged);
    this.#options.live.off('unpublished', this.#publishersChanged);
    await Promise.all(Array.from(this.#running.values(), (running) => running.close()));
    this.#running.clear();
  }

  readonly #publishersChanged = (stage: StageRef): void => {
    const key = stageKey(stage);
    for (const running of this.#running.values()) {
      if (stageKey(running.stage) === key) running.publishersChanged();
    }
  };

  #add(scope: Scope, composition: CompositionRecord): RunningComposition {
    const { id } = composition;
    const onEnded = () => void this.#running.delete(id);
    const running = new RunningComposition(scope, composition, { ...this.#options, onEnded });
    this.#running.set(id, running);
    return running;
  }
}
