import type { StageRef } from '../participants/live-stages.ts';

/** A publisher of one stage that is to be copied into another of the same account and region. */
export interface ReplicationOrder {
  readonly source: StageRef;
  readonly destination: StageRef;
  /** The publisher, and its replica as well. */
  readonly participantId: string;
  /** How long a publisher that is lost may stay away; 0 to 300. */
  readonly reconnectWindowSeconds: number;
  /** What the replica gets over the attributes of the participant's token. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** One publisher copied into another stage. */
export interface Replica {
  /** The session that it is in, in the destination. */
  readonly sessionId: string;
  /** Takes the replica out of the destination, to be called for one that broke too. Resolves when it is out. */
  stop(): Promise<void>;
}

/** What copies publishers from stage to stage. */
export interface ReplicationMedia {
  /**
   * Puts a replica of a publisher into the destination, where that stage's live side writes its record and events; a
   * session begins there when none runs. The copy is of the publish that is under way, no later one.
   *
   * @param onBroken called at most once, when the replica ends by itself, with the publish or before it; not after `stop`
   * @throws ServiceError when it cannot be done; nothing is left behind then
   */
  start(order: ReplicationOrder, onBroken: (cause: Error) => void): Promise<Replica>;
}
