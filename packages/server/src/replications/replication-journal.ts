import type { EventLog } from '../events/service-event.ts';
import { appendEvents } from '../participants/history.ts';
import { findParticipant } from '../participants/participant-table.ts';
import type { StageSessionRecord } from '../participants/stage-session-table.ts';
import { stageUpdate } from '../participants/stage-updates.ts';
import { stages } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { ReplicationOrder } from './replication-media.ts';
import { endReplication, insertReplication, type Replication } from './replication-table.ts';

/** How the two changes of a replication are called among the stage's updates. */
const updateNames = {
  REPLICATION_STARTED: 'Participant Replication Start',
  REPLICATION_STOPPED: 'Participant Replication End',
} as const;

/**
 * Writes down that a replication began. What changes and what is told of it are one transaction, here and below.
 *
 * @param session that the publisher is in
 */
export async function writeStart(
  trx: Database,
  log: EventLog,
  order: ReplicationOrder,
  session: StageSessionRecord,
  { destinationSessionId, startTime }: { destinationSessionId: string; startTime: Date },
): Promise<Replication> {
  const replication = await insertReplication(trx, order, session, { destinationSessionId, startTime });
  await writeEvents(trx, log, 'REPLICATION_STARTED', replication, startTime);
  return replication;
}

/** Likewise, that it ended. @returns false when it has ended already */
export async function writeEnd(
  trx: Database,
  log: EventLog,
  replication: Replication,
  endTime: Date,
): Promise<boolean> {
  if (!(await endReplication(trx, replication.seq, endTime))) return false;
  await writeEvents(trx, log, 'REPLICATION_STOPPED', replication, endTime);
  return true;
}

/** Both belong to the publisher in its own stage. */
async function writeEvents(
  trx: Database,
  log: EventLog,
  name: keyof typeof updateNames,
  { source, sourceSessionId, destination, destinationSessionId, participantId }: Replication,
  time: Date,
): Promise<void> {
  const destinationStageArn = stages.arn(destination, { id: destination.stageId });
  await appendEvents(trx, source, sourceSessionId, [
    { name, participantId, eventTime: time, destinationStageArn, destinationSessionId, replica: false },
  ]);
  const publisher = await findParticipant(trx, source, sourceSessionId, participantId);
  await log.record(
    trx,
    stageUpdate(source, updateNames[name], time, {
      session_id: sourceSessionId,
      user_id: publisher?.userId ?? '',
      participant_id: participantId,
      destination_stage_arn: destinationStageArn,
      destination_session_id: destinationSessionId,
    }),
  );
}
