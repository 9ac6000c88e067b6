import { isDeepStrictEqual } from 'node:util';
import {
  ConflictException,
  checkAttributes,
  checkTags,
  createResourceId,
  formatArn,
  type RandomBytes,
  ResourceNotFoundException,
  type Scope,
  ServiceQuotaExceededException,
  type Stage,
  type StageSummary,
  ValidationException,
} from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { LiveStages } from '../participants/live-stages.ts';
import { isRecording } from '../participants/participant-table.ts';
import { findStorageConfiguration } from '../storage-configurations/storage-configuration-table.ts';
import { ownId } from '../store/own-id.ts';
import type { Database, Store } from '../store/store.ts';
import { issueParticipantToken } from '../tokens/issue-participant-token.ts';
import type { SigningKey } from '../tokens/signing-key.ts';
import type { EndpointsOfStage } from './endpoints.ts';
import { ownStage, stageNotFound } from './own-stage.ts';
import { fillRecordingSettings, type RecordingSettings } from './recording-settings.ts';
import {
  countStages,
  deleteStage,
  findStage,
  insertStage,
  listStages,
  type StageRecord,
  updateStage,
} from './stage-table.ts';

type StageOperations = Required<
  Pick<Handlers, 'CreateStage' | 'GetStage' | 'ListStages' | 'UpdateStage' | 'DeleteStage'>
>;

export function stageOperations({
  store,
  live,
  endpointsOf,
  pageTokens,
  signingKey,
  clock,
  quota,
  random,
}: {
  store: Store;
  live: LiveStages;
  endpointsOf: EndpointsOfStage;
  pageTokens: PageTokens;
  signingKey: SigningKey;
  clock: Clock;
  /** Stages that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): StageOperations {
  function toStage(scope: Scope, stage: StageRecord): Stage {
    return {
      ...toStageSummary(scope, stage),
      autoParticipantRecordingConfiguration: stage.recording,
      endpoints: endpointsOf(stage.stageId),
    };
  }

  return {
    async CreateStage(
      { name = '', tags = {}, autoParticipantRecordingConfiguration, participantTokenConfigurations = [] },
      { scope },
    ) {
      checkTags(tags);
      for (const { attributes = {} } of participantTokenConfigurations) checkAttributes(attributes);
      const recording = fillRecordingSettings(autoParticipantRecordingConfiguration);
      const stage = { stageId: createResourceId(random), name, tags, recording };
      await store.write(async (trx) => {
        // Not found is no answer that this operation has.
        if (!(await isStorageThere(trx, scope, recording))) throw new ValidationException(storageMissing);
        if ((await countStages(trx, scope)) >= quota) {
          throw new ServiceQuotaExceededException(`There can be at most ${quota} stages`);
        }
        await insertStage(trx, scope, stage);
      });
      if (participantTokenConfigurations.length === 0) return { stage: toStage(scope, stage) };

      const participantTokens = await Promise.all(
        participantTokenConfigurations.map(({ duration, ...order }) =>
          issueParticipantToken({
            stage: { ...scope, stageId: stage.stageId },
            endpoints: endpointsOf(stage.stageId),
            durationMinutes: duration,
            ...order,
            signingKey,
            clock,
            random,
          }),
        ),
      );
      return { stage: toStage(scope, stage), participantTokens };
    },

    async GetStage({ arn }, { scope }) {
      const stage = await findStage(store.db, ownStage(scope, arn));
      if (stage === undefined) throw stageNotFound();
      return { stage: toStage(scope, stage) };
    },

    async ListStages(request, { scope }) {
      const listing: Listing = { operation: 'ListStages', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listStages(store.db, scope, slice),
      );
      return { stages: rows.map((stage) => toStageSummary(scope, stage)), ...next };
    },

    async UpdateStage({ arn, name, autoParticipantRecordingConfiguration }, { scope }) {
      const ref = ownStage(scope, arn);
      const updated = await store.write(async (trx) => {
        const stage = await findStage(trx, ref);
        if (stage === undefined) throw stageNotFound();
        if (name !== undefined) stage.name = name;
        if (autoParticipantRecordingConfiguration !== undefined) {
          const recording = fillRecordingSettings(autoParticipantRecordingConfiguration);
          if (!(await isStorageThere(trx, scope, recording))) throw new ResourceNotFoundException(storageMissing);
          if (!isDeepStrictEqual(recording, stage.recording) && (await isRecording(trx, ref))) {
            throw new ConflictException('The recording configuration cannot change while the stage is being recorded');
          }
          stage.recording = recording;
        }
        await updateStage(trx, ref, stage);
        return stage;
      });
      return { stage: toStage(scope, updated) };
    },

    async DeleteStage({ arn }, { scope }) {
      const ref = ownStage(scope, arn);
      await store.write(async (trx) => {
        if ((await findStage(trx, ref)) === undefined) throw stageNotFound();
        await deleteStage(trx, ref);
      });
      // From here on nobody can join, so whoever is thrown out now stays out.
      await live.endStage(ref);
      return {};
    },
  };
}

const storageMissing = 'Storage configuration not found';

async function isStorageThere(db: Database, scope: Scope, recording: RecordingSettings): Promise<boolean> {
  if (recording.storageConfigurationArn === '') return true;
  const id = ownId(scope, 'storage-configuration', recording.storageConfigurationArn);
  return id !== undefined && (await findStorageConfiguration(db, scope, id)) !== undefined;
}

function toStageSummary(scope: Scope, { stageId, name, activeSessionId = '', tags }: StageRecord): StageSummary {
  return { arn: formatArn({ ...scope, resourceType: 'stage', id: stageId }), name, activeSessionId, tags };
}
