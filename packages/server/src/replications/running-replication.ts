import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { LiveStages } from '../participants/live-stages.ts';
import type { StageSessionRecord } from '../participants/stage-session-table.ts';
import type { Database } from '../store/store.ts';
import { writeEnd, writeStart } from './replication-journal.ts';
import type { Replica, ReplicationMedia, ReplicationOrder } from './replication-media.ts';
import type { Replication } from './replication-table.ts';

export interface RunningReplicationParts {
  readonly live: LiveStages;
  readonly media: ReplicationMedia;
  readonly events: EventLog;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** The replication has ended, or never began. */
  readonly onEnded: () => void;
}

/** An end that could not be written is tried again. */
const RETRY_DELAY_MS = 10_000;
/** A replica that breaks after so long is made again; one that breaks at once would do so again and again. */
const STABLE_AFTER_MS = 1_000;
/** So long the sessions wait for the next one. */
const REMAKING_MS = 10_000;
/** A publish that takes the place of another one may take so long until its media flows. */
const REPUBLISHING_MS = 15_000;

/**
 * One replication from its order to its end: the replica while the publisher is there, the reconnect window while it is
 * not. What happens to it happens in turn.
 */
export class RunningReplication {
  readonly order: ReplicationOrder;
  readonly #parts: RunningReplicationParts;
  readonly #logger: Logger;
  /** As it stands in the store; undefined until it does. */
  #replication: Replication | undefined;
  #replica: Replica | undefined;
  /** How many were asked for. */
  #replicas = 0;
  /** Runs while the publisher is waited for. */
  #windowAlarm: Alarm | undefined;
  #ended = false;
  /** Settles when everything so far is done. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param replication that an earlier run of the server left active, if any */
  constructor(order: ReplicationOrder, parts: RunningReplicationParts, replication?: Replication) {
    this.order = order;
    this.#parts = parts;
    this.#replication = replication;
    this.#logger = parts.logger.child({
      participantId: order.participantId,
      sourceStageId: order.source.stageId,
      destinationStageId: order.destination.stageId,
    });
  }

  /** Whether its publisher is waited for. */
  get isWaiting(): boolean {
    return this.#replica === undefined && this.#windowAlarm !== undefined;
  }

  /**
   * Copies first and writes down then, so that what stands in the store as active has been so: a crash in between leaves
   * a replica that dies with the server.
   *
   * @param admit decides, within the transaction, whether it may still begin
   */
  begin(admit: (trx: Database) => Promise<StageSessionRecord>): Promise<void> {
    return this.#inTurn(async () => {
      const { live, events, clock } = this.#parts;
      try {
        const replica = await this.#makeReplica();
        this.#replication = await live.write(this.order.source, async (trx) => {
          const session = await admit(trx);
          const start = { destinationSessionId: replica.sessionId, startTime: clock.now() };
          return writeStart(trx, events, this.order, session, start);
        });
        this.#logger.info('replication started');
      } catch (error) {
        await this.#letGo();
        throw error;
      }
    });
  }

  /** The publisher's media flows no more. Resolves when the replica is gone too. */
  publisherLost(): Promise<void> {
    const waitMs = this.#waitMs;
    this.#keepSessions(waitMs);
    return this.#inTurn(() => this.#lose(waitMs));
  }

  /** The publisher's media flows again. */
  publisherBack(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ended || this.#replica) return;
      await this.#makeAnotherReplica();
      if (this.#replica) this.#windowAlarm?.cancel();
    });
  }

  /** @returns false when it has ended already */
  stop(): Promise<boolean> {
    return this.#inTurn(async () => !this.#ended && this.#end());
  }

  /** Its end has been written by others. */
  wasEnded({ seq }: Replication): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#replication?.seq === seq) await this.#letGo();
    });
  }

  /** Lets go of the replica and leaves the rest to the server's next start. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  /** How long a publisher that is lost now may stay away. */
  get #waitMs(): number {
    const { source, participantId, reconnectWindowSeconds } = this.order;
    const isRepublishing = this.#parts.live.isRepublishing(source, participantId);
    return Math.max(reconnectWindowSeconds * 1_000, isRepublishing ? REPUBLISHING_MS : 0);
  }

  /** Whoever else is in them: both stages are to find their sessions again. */
  #keepSessions(durationMs: number): void {
    if (durationMs === 0) return;
    for (const stage of [this.order.source, this.order.destination]) this.#parts.live.keepSession(stage, durationMs);
  }

  /** Waits for the publisher. */
  async #lose(waitMs: number): Promise<void> {
    if (this.#ended) return;
    this.#windowAlarm?.cancel();
    await this.#stopReplica();
    if (waitMs === 0) await this.#expire();
    else this.#windowAlarm = this.#parts.clock.setAlarm(waitMs, this.#windowOver);
  }

  async #makeAnotherReplica(): Promise<void> {
    try {
      await this.#makeReplica();
    } catch (error) {
      this.#logger.error({ err: error }, 'a publisher could not be replicated again');
    }
  }

  async #makeReplica(): Promise<Replica> {
    const { media, clock } = this.#parts;
    const count = ++this.#replicas;
    const askedMs = clock.now().getTime();
    const onBroken = (cause: Error): void => {
      const isStable = clock.now().getTime() - askedMs >= STABLE_AFTER_MS;
      this.#broken(cause, { count, isStable });
    };
    const replica = await media.start(this.order, onBroken);
    this.#replica = replica;
    return replica;
  }

  /** Its replica ended: with its publisher, or by itself, when another one is made. */
  #broken(cause: Error, { count, isStable }: { count: number; isStable: boolean }): void {
    const { source, participantId } = this.order;
    const waitMs = this.#waitMs;
    this.#keepSessions(Math.max(REMAKING_MS, waitMs));
    void this.#inTurn(async () => {
      if (count !== this.#replicas || !this.#replica) return;
      this.#logger.warn({ err: cause }, 'a replica broke');
      await this.#stopReplica();
      if (isStable && this.#parts.live.publishers(source).includes(participantId)) await this.#makeAnotherReplica();
      if (!this.#replica) await this.#lose(waitMs);
    });
  }

  readonly #windowOver = (): void => {
    void this.#inTurn(() => this.#expire());
  };

  /** The publisher was away for too long. */
  async #expire(): Promise<void> {
    if (this.#ended || this.#replica) return;
    try {
      await this.#end();
    } catch (error) {
      this.#logger.error({ err: error }, 'the end of a replication was not written');
      this.#windowAlarm = this.#parts.clock.setAlarm(RETRY_DELAY_MS, this.#windowOver);
    }
  }

  async #end(): Promise<boolean> {
    const { live, events, clock } = this.#parts;
    const replication = this.#replication;
    if (replication === undefined) throw new Error('a replication that never began cannot end');
    const ended = await live.write(this.order.source, (trx) => writeEnd(trx, events, replication, clock.now()));
    await this.#letGo();
    this.#logger.info('replication ended');
    return ended;
  }

  async #letGo(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#windowAlarm?.cancel();
    await this.#stopReplica();
    this.#parts.onEnded();
  }

  async #stopReplica(): Promise<void> {
    const replica = this.#replica;
    this.#replica = undefined;
    try {
      await replica?.stop();
    } catch (error) {
      this.#logger.error({ err: error }, 'a replica could not be stopped');
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined); // whoever asked is told
    return done;
  }
}
