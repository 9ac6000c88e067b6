import { EventEmitter } from 'node:events';
import type { TestContext } from 'node:test';
import type { Publication } from '@proscenium/media';
import { type AutoParticipantRecordingConfiguration, createSessionId } from '@proscenium/model';
import { type Body, type ControlPlane, openControlPlane, openRecordings, scope } from '../control-plane.fixture.ts';
import { textOf } from '../objects/local-folder.fixture.ts';
import type { SpooledFolder } from '../objects/spooled-folder.ts';
import { closeSession, openSession, saveParticipant } from '../participants/history.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { participantRecord } from '../participants/participant-record.fixture.ts';
import { findParticipant, type ParticipantRecord } from '../participants/participant-table.ts';
import { until } from '../until.fixture.ts';
import { listRecordings } from './recording-table.ts';
import type { Recordings } from './recordings.ts';

/** A stage whose participants are recorded, with a session. */
export type RecordedShow = ControlPlane & {
  stage: StageRef;
  stageArn: string;
  sessionId: string;
  storageArn: string;
  /** Begins another session in the stage. */
  openSession(): Promise<string>;
  /** Has a participant publish. Resolves when what comes of it is written down. */
  publish(
    participantId: string,
    where?: { sessionId?: string; isReplica?: boolean; isVirtual?: boolean },
  ): Promise<void>;
  /** Ends that. Resolves likewise. */
  unpublish(participantId: string): Promise<void>;
  /** As a call shows it. */
  participant(participantId: string, sessionId?: string): Promise<Body>;
  /** Resolves when its record says so. */
  untilState(participantId: string, state: string, sessionId?: string): Promise<Body>;
  /** Events about recordings, oldest first. */
  told(): { name: string; detail: Readonly<Record<string, unknown>> }[];
  /** What was uploaded below a prefix, in this order. */
  uploaded(prefix: string): string[];
  /** The folder of the only recording, on its way. */
  folder(): Promise<SpooledFolder>;
  /** What a JSON file below a prefix says. */
  read(prefix: string, file: string): Promise<Body>;
  /** Another one on the same store, as the next start of the server makes it. */
  restart(): Promise<Recordings>;
};

export async function openRecordedShow(
  t: TestContext,
  configuration: Partial<AutoParticipantRecordingConfiguration> = {},
): Promise<RecordedShow> {
  const plane = await openControlPlane(t);
  const { call, store, clock, live, events, eventLog, buckets, recordings, recordingMedia, objects, spool } = plane;
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3: { bucketName: 'show-archive' } });
  const storageArn: string = storageConfiguration.arn;
  const { stage } = await call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn: storageArn, ...configuration },
  });
  const ref: StageRef = { ...scope, stageId: stage.arn.split('/')[1] ?? '' };
  const openNextSession = async (last = '') => {
    const next = createSessionId();
    await store.write(async (trx) => {
      await closeSession(trx, ref, last, clock.now());
      await openSession(trx, ref, { sessionId: next, startTime: clock.now() });
    });
    return next;
  };
  const sessionId = await openNextSession();
  const participant = async (participantId: string, inSession = sessionId) =>
    (await call('GetParticipant', { stageArn: stage.arn, sessionId: inSession, participantId })).participant;

  return {
    ...plane,
    stage: ref,
    stageArn: stage.arn,
    sessionId,
    storageArn,
    openSession: () => openNextSession(sessionId),
    participant,
    async publish(participantId, where = {}) {
      const { sessionId: inSession = sessionId, isReplica = false, isVirtual = false } = where;
      const present = await findParticipant(store.db, ref, inSession, participantId);
      const record: ParticipantRecord = present ?? participantRecord({ participantId, published: true });
      await store.write((trx) => saveParticipant(trx, ref, inSession, record));
      const publication = handPublication(participantId);
      live.publishMedia(ref, participantId, { sessionId: inSession, isReplica, isVirtual, record, publication });
      await recordings.settled();
    },
    async unpublish(participantId) {
      live.unpublish(ref, participantId);
      await recordings.settled();
    },
    untilState: (participantId, state, inSession) =>
      until(
        () => participant(participantId, inSession),
        ({ recordingState }) => recordingState === state,
      ),
    told() {
      return events
        .filter(({ detailType }) => detailType === 'IVS Participant Recording State Change')
        .map(({ detail }) => ({ name: String(detail.event_name), detail }));
    },
    uploaded(prefix) {
      const below = `${prefix}/`;
      return objects.puts.filter((key) => key.startsWith(below)).map((key) => key.slice(below.length));
    },
    read: async (prefix, file) => {
      const text = await textOf(buckets, { bucket: 'show-archive', key: `${prefix}/${file}` });
      return JSON.parse(text ?? 'null');
    },
    async folder() {
      const [recordingId = ''] = spool.recordingIds;
      const [{ bucketName: bucket = '', prefix = '' } = {}] = await listRecordings(store.db);
      return spool.folder(recordingId, { account: ref.account, bucket, prefix });
    },
    async restart() {
      const next = openRecordings(t, {
        store,
        live,
        media: recordingMedia,
        objects,
        spool,
        events: eventLog,
        clock,
      });
      await next.recover();
      return next;
    },
  };
}

/** Media that nobody looks into. */
function handPublication(participantId: string): Publication {
  const emitter = new EventEmitter();
  return Object.assign(emitter, { participantId }) as unknown as Publication;
}
