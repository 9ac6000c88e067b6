import type { IngestConfigurationState, IngestProtocol, ParticipantAttributes, Scope } from '@proscenium/model';
import { everything } from '../pagination/read-page.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { Database, Store } from '../store/store.ts';
import type { IngestCredentials } from './credentials.ts';

/** An ingest configuration as the store keeps it. */
export type IngestConfigurationRecord = ResourceRecord & {
  /** Undefined while it is attached to no stage. */
  stageId: string | undefined;
  ingestProtocol: IngestProtocol;
  /** Whether its streams may come unencrypted. */
  insecureIngest: boolean;
  /** The participant that others see, the same for the life of the configuration. */
  participantId: string;
  userId: string;
  attributes: ParticipantAttributes;
  state: IngestConfigurationState;
  credentials: IngestCredentials;
};

/** The participant that others see, and those of the streams. */
export function participantIds({ participantId, credentials }: IngestConfigurationRecord): string[] {
  return [participantId, ...credentials.map((credential) => credential.participantId)];
}

export function isRedundant({ credentials }: IngestConfigurationRecord): boolean {
  return credentials.length > 1;
}

export const ingestConfigurations = resourceTable<'ingest_configurations', IngestConfigurationRecord>(
  'ingest_configurations',
  {
    resourceType: 'ingest-configuration',
    title: 'Ingest configuration',
    plural: 'ingest configurations',
    toColumns: (record) => ({
      stage_id: record.stageId ?? null,
      ingest_protocol: record.ingestProtocol,
      insecure_ingest: record.insecureIngest ? 1 : 0,
      participant_id: record.participantId,
      user_id: record.userId,
      attributes_json: JSON.stringify(record.attributes),
      state: record.state,
      credentials_json: JSON.stringify(record.credentials),
    }),
    fromRow: (row) => ({
      stageId: row.stage_id ?? undefined,
      ingestProtocol: row.ingest_protocol,
      insecureIngest: row.insecure_ingest === 1,
      participantId: row.participant_id,
      userId: row.user_id,
      attributes: JSON.parse(row.attributes_json),
      state: row.state,
      credentials: JSON.parse(row.credentials_json),
    }),
  },
);

export function listAttachedIngestConfigurations(db: Database, stage: StageRef): Promise<IngestConfigurationRecord[]> {
  return ingestConfigurations.list(db, stage, everything, { stage_id: stage.stageId });
}

/** Whoever takes the streams calls this: when the first one of a configuration begins, and when the last one has ended. */
export async function setIngestState(
  trx: Database,
  { account, region }: Scope,
  id: string,
  state: IngestConfigurationState,
): Promise<void> {
  await trx
    .updateTable('ingest_configurations')
    .set({ state })
    .where((configuration) => configuration.and({ account, region, id }))
    .execute();
}

/** After a start nobody publishes, whatever was written down before. */
export async function resetIngestStates(store: Store): Promise<void> {
  await store.write((trx) =>
    trx.updateTable('ingest_configurations').set({ state: 'INACTIVE' }).where('state', '=', 'ACTIVE').execute(),
  );
}
