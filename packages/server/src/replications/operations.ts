import { checkAttributes, type ParticipantReplica, parseArn, type Scope, ValidationException } from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import { listedStage, ownStage } from '../stages/own-stage.ts';
import { stages } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import { listReplications, type Replication } from './replication-table.ts';
import type { Replications } from './replications.ts';

type ReplicationOperations = Required<
  Pick<Handlers, 'StartParticipantReplication' | 'StopParticipantReplication' | 'ListParticipantReplicas'>
>;

export function replicationOperations({
  store,
  replications,
  pageTokens,
}: {
  store: Store;
  replications: Replications;
  pageTokens: PageTokens;
}): ReplicationOperations {
  return {
    async StartParticipantReplication(
      { sourceStageArn, destinationStageArn, participantId, reconnectWindowSeconds = 0, attributes = {} },
      { scope },
    ) {
      checkAttributes(attributes);
      checkStages(sourceStageArn, destinationStageArn);
      const source = ownStage(scope, sourceStageArn);
      const destination = ownStage(scope, destinationStageArn);
      await replications.start({ source, destination, participantId, reconnectWindowSeconds, attributes });
      return {};
    },

    async StopParticipantReplication({ sourceStageArn, destinationStageArn, participantId }, { scope }) {
      const source = ownStage(scope, sourceStageArn);
      const destination = ownStage(scope, destinationStageArn);
      await replications.stop({ source, destination, participantId });
      return {};
    },

    async ListParticipantReplicas({ sourceStageArn, participantId, ...request }, { scope }) {
      const source = await listedStage(store.db, scope, sourceStageArn);
      const listing: Listing = {
        operation: 'ListParticipantReplicas',
        scope,
        filters: [source.stageId, participantId],
      };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listReplications(store.db, source, participantId, slice),
      );
      return { replicas: rows.map((replication) => toReplica(scope, replication)), ...next };
    },
  };
}

function checkStages(sourceStageArn: string, destinationStageArn: string): void {
  const source = parseArn(sourceStageArn);
  const destination = parseArn(destinationStageArn);
  if (source?.account !== destination?.account || source?.region !== destination?.region) {
    throw new ValidationException('The source and destination stages must be of the same account and region');
  }
  if (source?.id === destination?.id) {
    throw new ValidationException('The source and destination stages must be different');
  }
}

function toReplica(scope: Scope, replication: Replication): ParticipantReplica {
  const { source, destination, participantId, sourceSessionId, destinationSessionId, endTime } = replication;
  return {
    sourceStageArn: stages.arn(scope, { id: source.stageId }),
    participantId,
    sourceSessionId,
    destinationStageArn: stages.arn(scope, { id: destination.stageId }),
    destinationSessionId,
    replicationState: endTime === undefined ? 'ACTIVE' : 'STOPPED',
  };
}
