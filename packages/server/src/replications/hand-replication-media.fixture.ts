import { createSessionId } from '@proscenium/model';
import type { Replica, ReplicationMedia, ReplicationOrder } from './replication-media.ts';

/** Media that is driven by hand: it copies nothing, and tells what it was asked for. */
export class HandReplicationMedia implements ReplicationMedia {
  /** Those that stand in their destinations now, in the order of their start. */
  readonly replicas: HandReplica[] = [];
  /** How often it was asked for a replica. */
  starts = 0;
  /** What a start has to wait for, or fails with. */
  onStart: (order: ReplicationOrder) => Promise<void> = async () => {};
  /** What a stop has to wait for, or fails with. */
  onStop: () => Promise<void> = async () => {};
  /** By destination: a stage goes on with its session. */
  readonly #sessionIds = new Map<string, string>();

  async start(order: ReplicationOrder, onBroken: (cause: Error) => void): Promise<HandReplica> {
    this.starts += 1;
    await this.onStart(order);
    const { stageId } = order.destination;
    const sessionId = this.#sessionIds.get(stageId) ?? createSessionId();
    this.#sessionIds.set(stageId, sessionId);
    const leave = () => {
      const place = this.replicas.indexOf(replica);
      if (place >= 0) this.replicas.splice(place, 1);
    };
    const replica: HandReplica = {
      order,
      sessionId,
      stop: async () => {
        await this.onStop();
        leave();
      },
      breaks: () => {
        leave();
        onBroken(new Error('the replica broke'));
      },
    };
    this.replicas.push(replica);
    return replica;
  }
}

interface HandReplica extends Replica {
  readonly order: ReplicationOrder;
  breaks(): void;
}
