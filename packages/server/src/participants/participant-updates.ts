import type { Event } from '@proscenium/model';
import type { EventLog } from '../events/service-event.ts';
import type { LeftReason } from '../signalling/close-codes.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import { originOf, stageUpdate, type UpdatedParticipant } from './stage-updates.ts';

/** Why a participant is in the stage no more; `unknown`: its connection was lost, or the server stopped. */
export type DepartureReason = LeftReason | 'unknown';

/** Tells who comes and who goes, which Amazon IVS has no events for. */
export async function recordParticipantUpdates(
  trx: Database,
  log: EventLog,
  { stage, sessionId, participant }: { stage: StageRef; sessionId: string; participant: UpdatedParticipant },
  events: readonly Event[],
  leftReason: DepartureReason = 'unknown',
): Promise<void> {
  for (const { name, participantId, eventTime, replica = false } of events) {
    if ((name !== 'JOINED' && name !== 'LEFT') || eventTime === undefined) continue;
    const detail = {
      session_id: sessionId,
      user_id: participant.userId,
      participant_id: participantId,
      ...originOf(participant, replica),
      ...(name === 'LEFT' && { left_reason: leftReason }),
    };
    const eventName = name === 'JOINED' ? 'Participant Joined' : 'Participant Left';
    await log.record(trx, stageUpdate(stage, eventName, eventTime, detail, 'Proscenium Participant Update'));
  }
}
