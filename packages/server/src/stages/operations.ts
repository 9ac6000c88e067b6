import { isDeepStrictEqual } from 'node:util';
import {
  ConflictException,
  checkAttributes,
  checkTags,
  createResourceId,
  type RandomBytes,
  ResourceNotFoundException,
  type Scope,
  type Stage,
  type StageSummary,
  ValidationException,
} from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { LiveStages } from '../participants/live-stages.ts';
import { isStageRecorded } from '../recordings/recording-table.ts';
import { storageConfigurations } from '../storage-configurations/storage-configuration-table.ts';
import { ownId } from '../store/own-id.ts';
import type { Database, Store } from '../store/store.ts';
import { issueParticipantToken } from '../tokens/issue-participant-token.ts';
import type { SigningKey } from '../tokens/signing-key.ts';
import type { EndpointsOfStage } from './endpoints.ts';
import { ownStage } from './own-stage.ts';
import { fillRecordingSettings, type RecordingSettings } from './recording-settings.ts';
import { finishAll, type StageDependent } from './stage-dependent.ts';
import { type StageRecord, stages } from './stage-table.ts';

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
  dependents,
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
  /** What lets go of a stage that is deleted. */
  dependents: readonly StageDependent[];
  random?: RandomBytes;
}): StageOperations {
  function toStage(scope: Scope, stage: StageRecord): Stage {
    return {
      ...toStageSummary(scope, stage),
      autoParticipantRecordingConfiguration: stage.recording,
      endpoints: endpointsOf(stage.id),
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
      const stage = { id: createResourceId(random), name, tags, recording };
      await store.write(async (trx) => {
        // Not found is no answer that this operation has.
        if (!(await isStorageThere(trx, scope, recording))) throw new ValidationException(storageMissing);
        await stages.insertWithin(quota, trx, scope, stage);
      });
      if (participantTokenConfigurations.length === 0) return { stage: toStage(scope, stage) };

      const participantTokens = await Promise.all(
        participantTokenConfigurations.map(({ duration, ...order }) =>
          issueParticipantToken({
            stage: { ...scope, stageId: stage.id },
            endpoints: endpointsOf(stage.id),
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
      return { stage: toStage(scope, await stages.get(store.db, scope, arn)) };
    },

    async ListStages(request, { scope }) {
      const listing: Listing = { operation: 'ListStages', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        stages.list(store.db, scope, slice),
      );
      return { stages: rows.map((stage) => toStageSummary(scope, stage)), ...next };
    },

    async UpdateStage({ arn, name, autoParticipantRecordingConfiguration }, { scope }) {
      const ref = ownStage(scope, arn);
      const updated = await store.write(async (trx) => {
        const stage = await stages.get(trx, scope, arn);
        if (name !== undefined) stage.name = name;
        if (autoParticipantRecordingConfiguration !== undefined) {
          const recording = fillRecordingSettings(autoParticipantRecordingConfiguration);
          if (!(await isStorageThere(trx, scope, recording))) throw new ResourceNotFoundException(storageMissing);
          if (!isDeepStrictEqual(recording, stage.recording) && (await isStageRecorded(trx, ref))) {
            throw new ConflictException('The recording configuration cannot change while the stage is being recorded');
          }
          stage.recording = recording;
        }
        await stages.update(trx, scope, stage);
        return stage;
      });
      return { stage: toStage(scope, updated) };
    },

    async DeleteStage({ arn }, { scope }) {
      const ref = ownStage(scope, arn);
      const afterwards = await store.write(async (trx) => {
        const { id } = await stages.get(trx, scope, arn);
        const letGo = [];
        for (const dependent of dependents) letGo.push(await dependent.stageDeleted(trx, ref));
        await stages.delete(trx, scope, id);
        return letGo;
      });
      // From here on nobody can join, so whoever is thrown out now stays out.
      await finishAll([() => live.endStage(ref), ...afterwards]);
      return {};
    },
  };
}

const storageMissing = 'Storage configuration not found';

async function isStorageThere(db: Database, scope: Scope, recording: RecordingSettings): Promise<boolean> {
  if (recording.storageConfigurationArn === '') return true;
  const id = ownId(scope, 'storage-configuration', recording.storageConfigurationArn);
  return id !== undefined && (await storageConfigurations.find(db, scope, id)) !== undefined;
}

function toStageSummary(scope: Scope, stage: StageRecord): StageSummary {
  const { name, activeSessionId = '', tags } = stage;
  return { arn: stages.arn(scope, stage), name, activeSessionId, tags };
}
