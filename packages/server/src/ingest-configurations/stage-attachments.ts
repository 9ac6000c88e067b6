import type { StageRef } from '../participants/live-stages.ts';
import type { StageDependent } from '../stages/stage-dependent.ts';
import type { Database } from '../store/store.ts';
import {
  type IngestConfigurationRecord,
  ingestConfigurations,
  listAttachedIngestConfigurations,
  participantIds,
} from './ingest-configuration-table.ts';
import type { IngestStreams } from './ingest-streams.ts';

/** Detaches configurations from a stage that goes, or that has thrown out one of their participants, and cuts their streams. */
export function stageAttachments(streams: IngestStreams): StageDependent {
  async function detach(trx: Database, { account, region }: StageRef, attached: IngestConfigurationRecord[]) {
    for (const configuration of attached) {
      await ingestConfigurations.update(trx, { account, region }, { ...configuration, stageId: undefined });
    }
    return async () => {
      await Promise.all(attached.map(({ id }) => streams.disconnect({ account, region, ingestConfigurationId: id })));
    };
  }

  return {
    async stageDeleted(trx, stage) {
      return detach(trx, stage, await listAttachedIngestConfigurations(trx, stage));
    },

    async participantDisconnected(trx, stage, participantId) {
      const attached = await listAttachedIngestConfigurations(trx, stage);
      return detach(
        trx,
        stage,
        attached.filter((configuration) => participantIds(configuration).includes(participantId)),
      );
    },
  };
}
