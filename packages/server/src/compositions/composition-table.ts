import { type CompositionState, type DestinationState, parseArn, type Scope } from '@proscenium/model';
import type { StageRef } from '../participants/live-stages.ts';
import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { Database } from '../store/store.ts';
import type { DestinationSettings } from './destination-settings.ts';
import type { LayoutSettings } from './layout-settings.ts';

/** A destination as the store keeps it. */
export type DestinationRecord = {
  id: string;
  state: DestinationState;
  settings: DestinationSettings;
  /** When it became ACTIVE. */
  startTime?: Date;
  endTime?: Date;
};

/** A composition as the store keeps it. It has no name: the one that all resources have stays empty. */
export type CompositionRecord = ResourceRecord & {
  stageId: string;
  state: CompositionState;
  layout: LayoutSettings;
  destinations: readonly DestinationRecord[];
  startTime: Date;
  /** Undefined while it runs. */
  endTime?: Date;
  /** By what a repeated request is known. */
  request?: { idempotencyToken: string; parametersHash: string };
};

export const compositions = resourceTable<'compositions', CompositionRecord>('compositions', {
  resourceType: 'composition',
  title: 'Composition',
  plural: 'compositions',
  toColumns: ({ stageId, state, layout, destinations, startTime, endTime, request }) => {
    const { channel } = findSettings(destinations, 'channel');
    const { s3 } = findSettings(destinations, 's3');
    return {
      stage_id: stageId,
      state,
      layout_json: JSON.stringify(layout),
      destinations_json: JSON.stringify(destinations),
      channel_encoder_configuration_id: idOf(channel?.encoderConfigurationArn),
      s3_encoder_configuration_id: idOf(s3?.encoderConfigurationArns[0]),
      storage_configuration_id: idOf(s3?.storageConfigurationArn),
      start_time_ms: startTime.getTime(),
      end_time_ms: endTime?.getTime() ?? null,
      idempotency_token: request?.idempotencyToken ?? null,
      parameters_hash: request?.parametersHash ?? null,
    };
  },
  fromRow: (row) => ({
    stageId: row.stage_id,
    state: row.state as CompositionState,
    layout: JSON.parse(row.layout_json),
    destinations: JSON.parse(row.destinations_json, reviveTime),
    startTime: new Date(row.start_time_ms),
    ...(row.end_time_ms !== null && { endTime: new Date(row.end_time_ms) }),
    ...(row.idempotency_token !== null &&
      row.parameters_hash !== null && {
        request: { idempotencyToken: row.idempotency_token, parametersHash: row.parameters_hash },
      }),
  }),
});

/** All that have not ended, over all accounts and regions, oldest first. */
export async function listRunning(db: Database): Promise<{ scope: Scope; composition: CompositionRecord }[]> {
  const rows = await db
    .selectFrom('compositions')
    .select(['account', 'region', 'id'])
    .where('end_time_ms', 'is', null)
    .orderBy('seq')
    .execute();
  const running = [];
  for (const { account, region, id } of rows) {
    const scope = { account, region };
    const composition = await compositions.find(db, scope, id);
    if (composition !== undefined) running.push({ scope, composition });
  }
  return running;
}

/** Ids of those that have not ended, oldest first. */
export async function listRunningOfStage(db: Database, { stageId, ...scope }: StageRef): Promise<string[]> {
  const rows = await runningOf(db, scope).where('stage_id', '=', stageId).orderBy('seq').execute();
  return rows.map(({ id }) => id);
}

/** How many have not ended, in the account and region, and of them those of one stage. */
export async function countRunning(
  db: Database,
  { stageId, ...scope }: StageRef,
): Promise<{ ofScope: number; ofStage: number }> {
  const rows = await runningOf(db, scope).select('stage_id').execute();
  return { ofScope: rows.length, ofStage: rows.filter(({ stage_id }) => stage_id === stageId).length };
}

/** The one that a request with this token has started since then: for so long the token starts no other. */
export async function findByIdempotencyToken(
  db: Database,
  scope: Scope,
  idempotencyToken: string,
  since: Date,
): Promise<CompositionRecord | undefined> {
  const { account, region } = scope;
  const row = await db
    .selectFrom('compositions')
    .select('id')
    .where((row) => row.and({ account, region, idempotency_token: idempotencyToken }))
    .where('start_time_ms', '>', since.getTime())
    .executeTakeFirst();
  return row && compositions.find(db, scope, row.id);
}

/** Whether a running composition has an output in this form. */
export async function isEncoderConfigurationUsed(
  db: Database,
  { account, region }: Scope,
  encoderConfigurationId: string,
): Promise<boolean> {
  const row = await runningOf(db, { account, region })
    .where((row) =>
      row.or({
        channel_encoder_configuration_id: encoderConfigurationId,
        s3_encoder_configuration_id: encoderConfigurationId,
      }),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a running composition records there. */
export async function isStorageConfigurationUsedByComposition(
  db: Database,
  { account, region }: Scope,
  storageConfigurationId: string,
): Promise<boolean> {
  const row = await runningOf(db, { account, region })
    .where('storage_configuration_id', '=', storageConfigurationId)
    .executeTakeFirst();
  return row !== undefined;
}

function runningOf(db: Database, { account, region }: Scope) {
  return db
    .selectFrom('compositions')
    .select('id')
    .where((row) => row.and({ account, region }))
    .where('end_time_ms', 'is', null);
}

function findSettings(
  destinations: readonly DestinationRecord[],
  kind: 'channel' | 's3',
): Partial<DestinationSettings> {
  return destinations.find(({ settings }) => settings[kind])?.settings ?? {};
}

function idOf(arn = ''): string | null {
  return parseArn(arn)?.id ?? null;
}

function reviveTime(name: string, value: unknown): unknown {
  return (name === 'startTime' || name === 'endTime') && typeof value === 'string' ? new Date(value) : value;
}
