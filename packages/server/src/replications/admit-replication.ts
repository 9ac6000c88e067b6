import {
  ConflictException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ValidationException,
} from '@proscenium/model';
import type { LiveStages, StageRef } from '../participants/live-stages.ts';
import { findParticipant } from '../participants/participant-table.ts';
import { findRunningSession, type StageSessionRecord } from '../participants/stage-session-table.ts';
import { findStageSeq } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { ReplicationOrder } from './replication-media.ts';
import { countActive, listReplicaIds } from './replication-table.ts';

export interface ReplicationQuotas {
  /** Stages that one participant may be copied into at a time. */
  readonly replicationsPerParticipant: number;
  /** Replicas count as publishers of the stage that they are in. */
  readonly publishersPerStage: number;
}

/**
 * Lets a replication pass that may begin now.
 *
 * @returns the session that the publisher is in
 * @throws ResourceNotFoundException, ValidationException, ConflictException or ServiceQuotaExceededException
 */
export async function admitReplication(
  db: Database,
  order: ReplicationOrder,
  { live, quotas }: { live: LiveStages; quotas: Pick<ReplicationQuotas, 'replicationsPerParticipant'> },
): Promise<StageSessionRecord> {
  const { source, destination, participantId } = order;
  if ((await findStageSeq(db, source)) === undefined) throw new ResourceNotFoundException('Source stage not found');
  if ((await findStageSeq(db, destination)) === undefined) {
    throw new ResourceNotFoundException('Destination stage not found');
  }

  const session = await findRunningSession(db, source);
  const publisher = session && (await findParticipant(db, source, session.sessionId, participantId));
  if (session === undefined || publisher === undefined) throw new ResourceNotFoundException('Participant not found');
  if (publisher.replicationType === 'REPLICA' || (await listReplicaIds(db, source)).includes(participantId)) {
    throw new ValidationException('The participant is a replica, which cannot be replicated itself');
  }
  if (!live.publishers(source).includes(participantId)) {
    throw new ValidationException('The participant is not publishing');
  }

  const replicaIds = await listReplicaIds(db, destination);
  if (replicaIds.includes(participantId)) throw alreadyReplicated();
  if (await isConnectedItself(db, destination, participantId)) {
    throw new ConflictException('A participant with the same id is in the destination stage');
  }

  const { replicationsPerParticipant } = quotas;
  if ((await countActive(db, source, participantId)) >= replicationsPerParticipant) {
    throw new ServiceQuotaExceededException(
      `A participant can be replicated to at most ${replicationsPerParticipant} stages at a time`,
    );
  }
  return session;
}

export function alreadyReplicated(): ConflictException {
  return new ConflictException('The participant is being replicated to the destination stage already');
}

/** Whether a participant with the id has joined the stage, other than as a replica. */
async function isConnectedItself(db: Database, stage: StageRef, participantId: string): Promise<boolean> {
  const session = await findRunningSession(db, stage);
  const record = session && (await findParticipant(db, stage, session.sessionId, participantId));
  return record?.state === 'CONNECTED' && record.replicationType !== 'REPLICA';
}
