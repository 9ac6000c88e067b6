import { isDisconnected } from '../participants/disconnected-participants.ts';
import { replicaPresent } from '../participants/stage-refusal.ts';
import { isReplica } from '../replications/replication-table.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { findStageSeq } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { ParticipantClaims } from './participant-claims.ts';
import { TokenRefusal } from './token-refusal.ts';

/**
 * Lets a participant with a good token pass, unless its stage is gone, has thrown it out, or has a replica of that id.
 *
 * @throws TokenRefusal STAGE_DELETED or PARTICIPANT_DISCONNECTED
 * @throws StageRefusal
 */
export async function admitParticipant(
  db: Database,
  { stage, participantId }: Pick<ParticipantClaims, 'stage' | 'participantId'>,
): Promise<void> {
  if ((await findStageSeq(db, stage)) === undefined) throw new TokenRefusal(StageErrorCode.STAGE_DELETED);
  if (await isDisconnected(db, stage, participantId)) throw new TokenRefusal(StageErrorCode.PARTICIPANT_DISCONNECTED);
  if (await isReplica(db, stage, participantId)) throw replicaPresent();
}
