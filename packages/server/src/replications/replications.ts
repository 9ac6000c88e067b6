import { ResourceNotFoundException, ServiceQuotaExceededException, ServiceUnavailable } from '@proscenium/model';
import { type LiveStageEvents, type StageRef, stageKey } from '../participants/live-stages.ts';
import type { Afterwards, StageDependent } from '../stages/stage-dependent.ts';
import type { Database, Store } from '../store/store.ts';
import { admitReplication, alreadyReplicated, type ReplicationQuotas } from './admit-replication.ts';
import { writeEnd } from './replication-journal.ts';
import type { ReplicationOrder } from './replication-media.ts';
import { listActive, listActiveOfStage, type Replication } from './replication-table.ts';
import { RunningReplication, type RunningReplicationParts } from './running-replication.ts';

export interface ReplicationsOptions extends Omit<RunningReplicationParts, 'onEnded'> {
  readonly store: Store;
  readonly quotas: ReplicationQuotas;
}

/** All replications of this server: begins them, and ends them for whatever reason. */
export class Replications implements StageDependent {
  readonly #options: ReplicationsOptions;
  /** By destination and participant: there is one replica of an id in a stage. */
  readonly #running = new Map<string, RunningReplication>();
  #closed = false;

  constructor(options: ReplicationsOptions) {
    this.#options = options;
    options.live.on('published', this.#published);
    options.live.on('unpublished', this.#unpublished);
  }

  /**
   * Takes up what an earlier run of the server left active. Its publishers are lost, so they get their reconnect window
   * from now on; without one the replication ends.
   */
  async recover(): Promise<void> {
    for (const replication of await listActive(this.#options.store.db)) {
      await this.#add(replication, replication).publisherLost();
    }
  }

  /**
   * Copies a publisher into another stage. Resolves when that is durable.
   *
   * @throws ServiceError as `admitReplication` and the media do
   */
  async start(order: ReplicationOrder): Promise<void> {
    const { store } = this.#options;
    await admitReplication(store.db, order, this.#options);
    if (this.#closed) throw new ServiceUnavailable('The server is going away');
    if (this.#running.has(keyOf(order))) throw alreadyReplicated();
    this.#checkPlaces(order.destination);
    await this.#add(order).begin((trx) => admitReplication(trx, order, this.#options));
  }

  /** Resolves when the replica is gone. @throws ResourceNotFoundException when there is no such replication */
  async stop(order: Pick<ReplicationOrder, 'source' | 'destination' | 'participantId'>): Promise<void> {
    const running = this.#running.get(keyOf(order));
    const found = running !== undefined && stageKey(running.order.source) === stageKey(order.source);
    if (!found || !(await running.stop())) throw new ResourceNotFoundException('Participant replication not found');
  }

  async stageDeleted(trx: Database, stage: StageRef): Promise<Afterwards> {
    return this.#endAll(trx, await listActiveOfStage(trx, stage));
  }

  async participantDisconnected(trx: Database, stage: StageRef, participantId: string): Promise<Afterwards> {
    const replications = await listActiveOfStage(trx, stage);
    const letGo = await this.#endAll(
      trx,
      replications.filter((replication) => replication.participantId === participantId),
    );
    return async () => {
      await letGo();
      // One that was beginning is written down only now.
      await Promise.all(this.#runningWith(stage, participantId).map((running) => running.stop()));
    };
  }

  /** Lets go of all replicas. Replications stay as they are for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.live.off('published', this.#published);
    this.#options.live.off('unpublished', this.#unpublished);
    await Promise.all(Array.from(this.#running.values(), (running) => running.close()));
  }

  readonly #published = (...[stage, participantId]: LiveStageEvents['published']): void => {
    for (const running of this.#runningOf(stage, participantId)) void running.publisherBack();
  };

  readonly #unpublished = (...[stage, participantId]: LiveStageEvents['unpublished']): void => {
    for (const running of this.#runningOf(stage, participantId)) void running.publisherLost();
  };

  /** From here on the replica counts as a publisher: nothing may come in between. */
  #checkPlaces(destination: StageRef): void {
    const { live, quotas } = this.#options;
    const { publishersPerStage } = quotas;
    if (live.publisherPlaces(destination) + this.replicasIn(destination) >= publishersPerStage) {
      throw new ServiceQuotaExceededException(`The destination stage has ${publishersPerStage} publishers already`);
    }
  }

  /** How many there are, those that wait for their publisher apart. */
  get counts(): { readonly active: number; readonly waiting: number } {
    const waiting = this.#running
      .values()
      .filter(({ isWaiting }) => isWaiting)
      .toArray().length;
    return { active: this.#running.size - waiting, waiting };
  }

  /** How many replicas a stage has, those on their way included. */
  replicasIn(destination: StageRef): number {
    const key = stageKey(destination);
    return [...this.#running.values()].filter(({ order }) => stageKey(order.destination) === key).length;
  }

  #runningOf(source: StageRef, participantId: string): RunningReplication[] {
    return this.#runningWith(source, participantId).filter(({ order }) => stageKey(order.source) === stageKey(source));
  }

  /** Those of a participant from a stage and into it. */
  #runningWith(stage: StageRef, participantId: string): RunningReplication[] {
    const key = stageKey(stage);
    return [...this.#running.values()].filter(
      ({ order: { source, destination, ...order } }) =>
        order.participantId === participantId && (stageKey(source) === key || stageKey(destination) === key),
    );
  }

  #add(order: ReplicationOrder, replication?: Replication): RunningReplication {
    const key = keyOf(order);
    const onEnded = () => this.#running.delete(key);
    const running = new RunningReplication(order, { ...this.#options, onEnded }, replication);
    this.#running.set(key, running);
    return running;
  }

  async #endAll(trx: Database, replications: readonly Replication[]): Promise<Afterwards> {
    const { events, clock } = this.#options;
    for (const replication of replications) await writeEnd(trx, events, replication, clock.now());
    return async () => {
      const ended = replications.map((replication) => this.#running.get(keyOf(replication))?.wasEnded(replication));
      await Promise.all(ended);
    };
  }
}

function keyOf({ destination, participantId }: Pick<ReplicationOrder, 'destination' | 'participantId'>): string {
  return `${stageKey(destination)} ${participantId}`;
}
