import {
  type Participant,
  type ParticipantSummary,
  ResourceNotFoundException,
  type Scope,
  type StageSession,
  ValidationException,
} from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { Handlers } from '../http/handlers.ts';
import { checkOneFilter } from '../pagination/one-filter.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import { findReplicas, findReplicated } from '../replications/replication-table.ts';
import { listedStage, ownStage, stageNotFound } from '../stages/own-stage.ts';
import { finishAll, type StageDependent } from '../stages/stage-dependent.ts';
import { findStageSeq } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import { barParticipant } from './disconnected-participants.ts';
import type { LiveStages, StageRef } from './live-stages.ts';
import { listEvents } from './participant-event-table.ts';
import {
  findParticipant,
  listParticipants,
  type ParticipantFilter,
  type ParticipantRecord,
} from './participant-table.ts';
import { findSession, listSessions, type StageSessionRecord } from './stage-session-table.ts';

type ParticipantOperations = Required<
  Pick<
    Handlers,
    | 'DisconnectParticipant'
    | 'GetParticipant'
    | 'ListParticipants'
    | 'ListParticipantEvents'
    | 'GetStageSession'
    | 'ListStageSessions'
  >
>;

export function participantOperations({
  store,
  live,
  pageTokens,
  clock,
  dependents,
}: {
  store: Store;
  live: LiveStages;
  pageTokens: PageTokens;
  clock: Clock;
  /** What lets go of a participant that is thrown out of its stage. */
  dependents: readonly StageDependent[];
}): ParticipantOperations {
  /** The stage and session of a list call. */
  async function listedSession(
    scope: Scope,
    arn: string,
    sessionId: string,
  ): Promise<{ stage: StageRef; session: StageSessionRecord }> {
    const stage = await listedStage(store.db, scope, arn);
    const session = await findSession(store.db, stage, sessionId);
    if (session === undefined) throw new ValidationException('Stage session not found');
    return { stage, session };
  }

  /** As the API shows it: whether replications go on stands elsewhere than in the records of those whose they are. */
  async function withReplication(
    stage: StageRef,
    { seq, sessionId }: StageSessionRecord,
    records: readonly ParticipantRecord[],
  ): Promise<ParticipantRecord[]> {
    const ids = records.map(({ participantId }) => participantId);
    const replicaIds = records.filter(isReplicaRecord).map(({ participantId }) => participantId);
    const replicated = await findReplicated(store.db, seq, ids);
    const replicas = await findReplicas(store.db, stage, sessionId, replicaIds);
    return records.map((record) => {
      if (isReplicaRecord(record)) {
        return { ...record, replicationState: replicas.has(record.participantId) ? 'ACTIVE' : 'STOPPED' };
      }
      if (!replicated.has(record.participantId)) return record;
      return { ...record, replicationType: 'SOURCE', replicationState: 'ACTIVE' };
    });
  }

  async function existingSession(scope: Scope, arn: string, sessionId: string): Promise<StageSessionRecord> {
    const stage = ownStage(scope, arn);
    if ((await findStageSeq(store.db, stage)) === undefined) throw stageNotFound();
    const session = await findSession(store.db, stage, sessionId);
    if (session === undefined) throw new ResourceNotFoundException('Stage session not found');
    return session;
  }

  return {
    async DisconnectParticipant({ stageArn, participantId, reason = '' }, { scope }) {
      const stage = ownStage(scope, stageArn);
      const now = clock.now();
      // Barred first: it must not be able to come back in between. An id that never joined is barred as well, for its
      // token may have leaked.
      const afterwards = await store.write(async (trx) => {
        if (!(await barParticipant(trx, stage, { participantId, reason, now }))) throw stageNotFound();
        const letGo = [];
        for (const dependent of dependents) {
          letGo.push(await dependent.participantDisconnected?.(trx, stage, participantId));
        }
        return letGo;
      });
      await finishAll([() => live.disconnectParticipant(stage, participantId), ...afterwards]);
      return {};
    },

    async GetParticipant({ stageArn, sessionId, participantId }, { scope }) {
      const session = await existingSession(scope, stageArn, sessionId);
      const stage = ownStage(scope, stageArn);
      const found = await findParticipant(store.db, stage, sessionId, participantId);
      const [record] = found === undefined ? [] : await withReplication(stage, session, [found]);
      if (record === undefined) throw new ResourceNotFoundException('Participant not found');
      return { participant: toParticipant(record) };
    },

    async ListParticipants({ stageArn, sessionId, ...request }, { scope }) {
      const filter = readFilter(request);
      const { stage, session } = await listedSession(scope, stageArn, sessionId);
      const { userId, published, state, recordingState } = filter;
      const listing: Listing = {
        operation: 'ListParticipants',
        scope,
        filters: [stage.stageId, sessionId, userId, published, state, recordingState],
      };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listParticipants(store.db, stage, sessionId, filter, slice),
      );
      return { participants: (await withReplication(stage, session, rows)).map(toSummary), ...next };
    },

    async ListParticipantEvents({ stageArn, sessionId, participantId, ...request }, { scope }) {
      const { stage } = await listedSession(scope, stageArn, sessionId);
      const listing: Listing = {
        operation: 'ListParticipantEvents',
        scope,
        filters: [stage.stageId, sessionId, participantId],
      };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listEvents(store.db, stage, sessionId, participantId, slice),
      );
      return { events: rows.map(({ event }) => event), ...next };
    },

    async GetStageSession({ stageArn, sessionId }, { scope }) {
      return { stageSession: toSession(await existingSession(scope, stageArn, sessionId)) };
    },

    async ListStageSessions({ stageArn, ...request }, { scope }) {
      const stage = await listedStage(store.db, scope, stageArn);
      const listing: Listing = { operation: 'ListStageSessions', scope, filters: [stage.stageId] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listSessions(store.db, stage, slice),
      );
      return { stageSessions: rows.map(toSession), ...next };
    },
  };
}

function isReplicaRecord({ replicationType }: ParticipantRecord): boolean {
  return replicationType === 'REPLICA';
}

function readFilter({
  filterByUserId,
  filterByPublished,
  filterByState,
  filterByRecordingState,
}: {
  filterByUserId?: string;
  filterByPublished?: boolean;
  filterByState?: ParticipantFilter['state'];
  filterByRecordingState?: ParticipantFilter['recordingState'];
}): ParticipantFilter {
  const filter = {
    userId: filterByUserId,
    published: filterByPublished,
    state: filterByState,
    recordingState: filterByRecordingState,
  };
  checkOneFilter(Object.values(filter));
  return filter;
}

/** Attributes are shown only when there are some. */
function toParticipant({ attributes, ...record }: ParticipantRecord): Participant {
  return Object.keys(attributes).length > 0 ? { ...record, attributes } : record;
}

function toSummary(record: ParticipantRecord): ParticipantSummary {
  return {
    participantId: record.participantId,
    userId: record.userId,
    state: record.state,
    firstJoinTime: record.firstJoinTime,
    published: record.published,
    recordingState: record.recordingState,
    replicationType: record.replicationType,
    replicationState: record.replicationState,
    sourceStageArn: record.sourceStageArn,
    sourceSessionId: record.sourceSessionId,
    redundantIngest: record.redundantIngest,
    ingestConfigurationArn: record.ingestConfigurationArn,
  };
}

function toSession({ sessionId, startTime, endTime }: StageSessionRecord): StageSession {
  return { sessionId, startTime, endTime };
}
