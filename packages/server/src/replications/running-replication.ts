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

  /**
   * Copies first and writes down then, so that what stands in the store as active has been so: a crash in between leaves
   * a replica that dies with the server.
   *
   * @param admit decides, within the transaction, whether it may still begin
   */
  begin(admit: (trx: Database) => Promise<StageSessionRecord>): Promise<void> {
    return this.#inTurn(async () => {
      const { live, media, events, clock } = this.#parts;
      try {
        const replica = await media.start(this.order, this.#broken);
        this.#replica = replica;
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
    const { source, destination, reconnectWindowSeconds } = this.order;
    const { live, clock } = this.#parts;
    const windowMs = reconnectWindowSeconds * 1_000;
    if (windowMs > 0) for (const stage of [source, destination]) live.keepSession(stage, windowMs);
    return this.#inTurn(async () => {
      if (this.#ended) return;
      this.#windowAlarm?.cancel();
      await this.#stopReplica();
      if (windowMs === 0) await this.#expire();
      else this.#windowAlarm = clock.setAlarm(windowMs, this.#windowOver);
    });
  }

  /** The publisher's media flows again. */
  publisherBack(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ended || this.#replica) return;
      try {
        this.#replica = await this.#parts.media.start(this.order, this.#broken);
        this.#windowAlarm?.cancel();
      } catch (error) {
        this.#logger.error({ err: error }, 'a publisher that came back could not be replicated again');
      }
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

  readonly #broken = (cause: Error): void => {
    this.#logger.warn({ err: cause }, 'a replica broke');
    void this.publisherLost();
  };

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
