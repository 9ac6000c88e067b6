import { type Event, type ExchangedParticipantToken, formatTimestamp } from '@proscenium/model';
import type { DetailType, EventLog, ServiceEvent } from '../events/service-event.ts';
import { stages } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import type { ParticipantRecord } from './participant-table.ts';

type Detail = Readonly<Record<string, unknown>>;

/** Whose events they are; a replica's tell where it comes from. */
export type UpdatedParticipant = Pick<ParticipantRecord, 'userId' | 'sourceStageArn' | 'sourceSessionId'>;

/**
 * Tells what the participant events of one participant mean to others: that it publishes, that it no longer does, that it
 * could not, that it has another token. Who has been told of a publisher is told of its end, once, whatever becomes of
 * participant, session and stage meanwhile: the announcement is kept until then.
 */
export async function recordStageUpdates(
  trx: Database,
  log: EventLog,
  { stage, sessionId, participant }: { stage: StageRef; sessionId: string; participant: UpdatedParticipant },
  events: readonly Event[],
): Promise<void> {
  const { userId } = participant;
  for (const event of events) {
    const { name, participantId, eventTime, errorCode, replica = false } = event;
    if (participantId === undefined || eventTime === undefined)
      throw new Error('An event has a participant and a time');
    const whose = { session_id: sessionId, user_id: userId, participant_id: participantId };
    const detail = { ...whose, ...originOf(participant, replica) };
    if (name === 'PUBLISH_STARTED') {
      const announced = await announce(trx, { stage, sessionId, participantId, detail });
      if (announced) await log.record(trx, stageUpdate(stage, 'Participant Published', eventTime, detail));
    } else if (name === 'PUBLISH_STOPPED') {
      await takeBack(trx, log, { stage, sessionId, participantId }, eventTime);
    } else if (name === 'PUBLISH_ERROR') {
      const failed = { ...detail, error_code: errorCode };
      await log.record(trx, stageUpdate(stage, 'Participant Publish Error', eventTime, failed));
    } else if (name === 'TOKEN_EXCHANGED') {
      const tokens = { previous_token: toDetail(event.previousToken), new_token: toDetail(event.newToken) };
      await log.record(trx, stageUpdate(stage, 'Token Exchanged', eventTime, { ...whose, ...tokens }));
    }
  }
}

/**
 * Tells the end of publishers that are still announced, `limit` at most: to be called when nobody publishes.
 *
 * @returns of how many
 */
export async function recordUnpublished(
  trx: Database,
  log: EventLog,
  { time, limit }: { time: Date; limit: number },
): Promise<number> {
  const rows = await trx.selectFrom('announced_publishers').selectAll().limit(limit).execute();
  for (const { account, region, stage_id: stageId, session_id: sessionId, participant_id: participantId } of rows) {
    await takeBack(trx, log, { stage: { account, region, stageId }, sessionId, participantId }, time);
  }
  return rows.length;
}

/** An event about a stage. `detail` has what is its own beside name and time. */
export function stageUpdate(
  stage: StageRef,
  eventName: string,
  time: Date,
  detail: Detail,
  detailType: DetailType = 'IVS Stage Update',
): ServiceEvent {
  const { account, region, stageId } = stage;
  const scope = { account, region };
  return {
    scope,
    detailType,
    resourceArn: stages.arn(scope, { id: stageId }),
    time,
    detail: {
      event_name: eventName,
      event_time: formatTimestamp(time),
      // No clock here is that exact: the last three digits are zeros.
      event_time_precise: time.toISOString().replace('Z', '000Z'),
      ...detail,
    },
  };
}

/** What tells a replica from a participant of the stage's own. */
export function originOf({ sourceStageArn, sourceSessionId }: UpdatedParticipant, replica: boolean): Detail {
  return { replica, ...(replica && { source_stage_arn: sourceStageArn, source_session_id: sourceSessionId }) };
}

function toDetail({ capabilities, attributes, userId, expirationTime }: ExchangedParticipantToken = {}): Detail {
  return {
    capabilities,
    attributes,
    user_id: userId,
    ...(expirationTime && { expiration_time: formatTimestamp(expirationTime) }),
  };
}

type Announcement = { stage: StageRef; sessionId: string; participantId: string };

/** @returns false when that has been told already */
async function announce(
  trx: Database,
  { stage, sessionId, participantId, detail }: Announcement & { detail: Detail },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('announced_publishers')
    .values({
      account: stage.account,
      region: stage.region,
      stage_id: stage.stageId,
      session_id: sessionId,
      participant_id: participantId,
      detail_json: JSON.stringify(detail),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

async function takeBack(
  trx: Database,
  log: EventLog,
  { stage, sessionId, participantId }: Announcement,
  time: Date,
): Promise<void> {
  const announced = await trx
    .deleteFrom('announced_publishers')
    .where((row) => row.and({ stage_id: stage.stageId, session_id: sessionId, participant_id: participantId }))
    .returning('detail_json')
    .executeTakeFirst();
  if (announced === undefined) return;
  await log.record(trx, stageUpdate(stage, 'Participant Unpublished', time, JSON.parse(announced.detail_json)));
}
