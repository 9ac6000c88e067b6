import type { StageRef } from '../participants/live-stages.ts';
import type { Database } from '../store/store.ts';

/** What is left to do once a transaction is durable. */
export type Afterwards = () => Promise<void> | void;

/**
 * A kind of resource that refers to stages: it must let go when the stage goes, or when a participant is thrown out. Both
 * calls are part of the transaction that does it, and return what is to be done outside the store afterwards.
 */
export interface StageDependent {
  stageDeleted(trx: Database, stage: StageRef): Promise<Afterwards | undefined>;
  participantDisconnected?(trx: Database, stage: StageRef, participantId: string): Promise<Afterwards | undefined>;
}
