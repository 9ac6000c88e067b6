import { findStageSeq, stageSeqOf } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';

/**
 * Bars a participant from the stage for as long as the stage exists. Disconnecting again changes nothing.
 *
 * @returns false when there is no such stage
 */
export async function barParticipant(
  trx: Database,
  stage: StageRef,
  { participantId, reason, now }: { participantId: string; reason: string; now: Date },
): Promise<boolean> {
  const stageSeq = await findStageSeq(trx, stage);
  if (stageSeq === undefined) return false;
  await trx
    .insertInto('disconnected_participants')
    .values({
      stage_seq: stageSeq,
      participant_id: participantId,
      reason,
      disconnected_time_ms: now.getTime(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return true;
}

/** Lets participants come back that were barred. */
export async function liftBar(trx: Database, stage: StageRef, participantIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('disconnected_participants')
    .where('stage_seq', '=', stageSeqOf(trx, stage))
    .where('participant_id', 'in', participantIds)
    .execute();
}

export async function isDisconnected(db: Database, stage: StageRef, participantId: string): Promise<boolean> {
  const row = await db
    .selectFrom('disconnected_participants')
    .select('participant_id')
    .where('stage_seq', '=', stageSeqOf(db, stage))
    .where('participant_id', '=', participantId)
    .executeTakeFirst();
  return row !== undefined;
}
