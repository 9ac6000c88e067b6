import {
  ConflictException,
  checkAttributes,
  checkTags,
  createParticipantId,
  createResourceId,
  createStreamKeySecret,
  type IngestConfiguration,
  type IngestConfigurationSummary,
  type RandomBytes,
  type Scope,
  ValidationException,
} from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import { checkOneFilter } from '../pagination/one-filter.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import { liftBar } from '../participants/disconnected-participants.ts';
import { findOwnStage } from '../stages/own-stage.ts';
import { stages } from '../stages/stage-table.ts';
import { ownId } from '../store/own-id.ts';
import type { Store } from '../store/store.ts';
import { type IngestCredential, redundantCredentials, singleCredentials } from './credentials.ts';
import {
  type IngestConfigurationRecord,
  ingestConfigurations,
  isRedundant,
  participantIds,
} from './ingest-configuration-table.ts';
import type { IngestStreams } from './ingest-streams.ts';
import { formatStreamKey } from './stream-key.ts';

type IngestConfigurationOperations = Required<
  Pick<
    Handlers,
    | 'CreateIngestConfiguration'
    | 'GetIngestConfiguration'
    | 'ListIngestConfigurations'
    | 'UpdateIngestConfiguration'
    | 'DeleteIngestConfiguration'
  >
>;

export function ingestConfigurationOperations({
  store,
  ingestStreams,
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  ingestStreams: IngestStreams;
  pageTokens: PageTokens;
  /** Ingest configurations that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): IngestConfigurationOperations {
  return {
    async CreateIngestConfiguration(
      {
        name = '',
        stageArn = '',
        userId = '',
        attributes = {},
        ingestProtocol,
        insecureIngest = false,
        redundantIngest = false,
        tags = {},
      },
      { scope },
    ) {
      checkTags(tags);
      checkAttributes(attributes);
      if (ingestProtocol === 'RTMP' && !insecureIngest) {
        throw new ValidationException('RTMP is not encrypted: it needs insecureIngest to be true');
      }
      const participantId = createParticipantId(random);
      const secret = createStreamKeySecret(random);
      const record: IngestConfigurationRecord = {
        id: createResourceId(random),
        name,
        tags,
        stageId: undefined,
        ingestProtocol,
        insecureIngest,
        participantId,
        userId,
        attributes,
        state: 'INACTIVE',
        credentials: redundantIngest ? redundantCredentials(secret, random) : singleCredentials(participantId, secret),
      };
      await store.write(async (trx) => {
        if (stageArn !== '') {
          const stage = await findOwnStage(trx, scope, stageArn);
          // Not found is no answer that this operation has.
          if (stage === undefined) throw new ValidationException('Stage not found');
          record.stageId = stage.stageId;
        }
        await ingestConfigurations.insertWithin(quota, trx, scope, record);
      });
      return { ingestConfiguration: toIngestConfiguration(scope, record) };
    },

    async GetIngestConfiguration({ arn }, { scope }) {
      const record = await ingestConfigurations.get(store.db, scope, arn);
      return { ingestConfiguration: toIngestConfiguration(scope, record) };
    },

    async ListIngestConfigurations({ filterByStageArn, filterByState, ...request }, { scope }) {
      checkOneFilter([filterByStageArn, filterByState]);
      const listing: Listing = {
        operation: 'ListIngestConfigurations',
        scope,
        filters: [filterByStageArn, filterByState],
      };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        ingestConfigurations.list(store.db, scope, slice, {
          // Nothing is attached to what is no stage of the caller.
          ...(filterByStageArn !== undefined && { stage_id: ownId(scope, 'stage', filterByStageArn) ?? '' }),
          ...(filterByState !== undefined && { state: filterByState }),
        }),
      );
      return { ingestConfigurations: rows.map((record) => toSummary(scope, record)), ...next };
    },

    async UpdateIngestConfiguration({ arn, stageArn, redundantIngest }, { scope }) {
      const updated = await store.write(async (trx) => {
        const record = await ingestConfigurations.get(trx, scope, arn);
        if (stageArn === '') record.stageId = undefined;
        else if (stageArn !== undefined) record.stageId = (await stages.get(trx, scope, stageArn)).id;
        if (record.state === 'ACTIVE') throw inUse();
        const [{ secret }] = record.credentials;
        if (redundantIngest === true && !isRedundant(record)) record.credentials = redundantCredentials(secret, random);
        if (redundantIngest === false) record.credentials = singleCredentials(record.participantId, secret);
        // A stage that has thrown out a participant of it has detached it too: attached again, it may come back.
        if (record.stageId !== undefined) {
          await liftBar(trx, { ...scope, stageId: record.stageId }, participantIds(record));
        }
        await ingestConfigurations.update(trx, scope, record);
        return record;
      });
      return { ingestConfiguration: toIngestConfiguration(scope, updated) };
    },

    async DeleteIngestConfiguration({ arn, force = false }, { scope }) {
      const id = await store.write(async (trx) => {
        const { id, state } = await ingestConfigurations.get(trx, scope, arn);
        if (state === 'ACTIVE' && !force) throw inUse();
        await ingestConfigurations.delete(trx, scope, id);
        return id;
      });
      // From here on its keys open nothing, so whoever is cut off stays out.
      await ingestStreams.disconnect({ ...scope, ingestConfigurationId: id });
      return {};
    },
  };
}

function inUse(): ConflictException {
  return new ConflictException('The ingest configuration is in use by a stream');
}

function toIngestConfiguration(scope: Scope, record: IngestConfigurationRecord): IngestConfiguration {
  const { id, attributes, tags, credentials } = record;
  const streamKey = ({ secret }: IngestCredential) => formatStreamKey({ scope, ingestConfigurationId: id, secret });
  return {
    ...toSummary(scope, record),
    streamKey: streamKey(credentials[0]),
    ...(isRedundant(record) && {
      redundantIngestCredentials: credentials.map((credential) => ({
        participantId: credential.participantId,
        streamKey: streamKey(credential),
      })),
    }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    tags,
  };
}

/** Without its keys, attributes and tags. */
function toSummary(scope: Scope, record: IngestConfigurationRecord): IngestConfigurationSummary {
  const { name, ingestProtocol, stageId, participantId, state, userId } = record;
  return {
    name,
    arn: ingestConfigurations.arn(scope, record),
    ingestProtocol,
    stageArn: stageId === undefined ? '' : stages.arn(scope, { id: stageId }),
    participantId,
    state,
    userId,
    redundantIngest: isRedundant(record),
  };
}
