import type { StageRef } from '../participants/live-stages.ts';
import type { Database } from '../store/store.ts';

/** What is left to do once a transaction is durable. */
export type Afterwards = () => Promise<void> | void;

/** Does one after the other, whatever becomes of each of them. @throws what went wrong */
export async function finishAll(steps: readonly (Afterwards | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step?.();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, 'what refers to a stage could not let go of it');
  if (failures.length === 1) throw failures[0];
}

/**
 * A kind of resource that refers to stages: it must let go when the stage goes, or when a participant is thrown out. Both
 * calls are part of the transaction that does it, and return what is to be done outside the store afterwards.
 */
export interface StageDependent {
  stageDeleted(trx: Database, stage: StageRef): Promise<Afterwards | undefined>;
  participantDisconnected?(trx: Database, stage: StageRef, participantId: string): Promise<Afterwards | undefined>;
}
