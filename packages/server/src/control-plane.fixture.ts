import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type ModelledErrorName,
  type Operation,
  operations,
  readRequest,
  responseFaults,
  type Scope,
  ServiceError,
  writeResponse,
} from '@proscenium/model';
import { channelEndpoints } from './channels/channel-endpoints.ts';
import { ChannelViewers } from './channels/channel-viewers.ts';
import { Channels } from './channels/channels.ts';
import { LiveStreams } from './channels/live-streams.ts';
import { HandCompositionMedia } from './compositions/hand-composition-media.fixture.ts';
import { CompositionSupervisor, type CompositionSupervisorOptions } from './compositions/supervisor.ts';
import type { EventLog, ServiceEvent } from './events/service-event.ts';
import { HandClock } from './hand-clock.fixture.ts';
import { silentLogger } from './http/api-server.fixture.ts';
import type { Handler } from './http/handlers.ts';
import type { IngestConfigurationRef, IngestStreams } from './ingest-configurations/ingest-streams.ts';
import { LocalFolder } from './objects/local-folder.ts';
import { MoodyStore } from './objects/moody-store.fixture.ts';
import type { ObjectStore } from './objects/object-store.ts';
import { Spool } from './objects/spool.ts';
import { createHandlers, type handledOperations, type Quotas } from './operations.ts';
import { loadPageTokens } from './pagination/page-tokens.ts';
import { changeRecording } from './participants/history.ts';
import type { LiveStageEvents, LiveStages, StageRef } from './participants/live-stages.ts';
import type { ParticipantOfSession, RecordingChange } from './participants/participant-recording.ts';
import { VerificationKeys } from './public-keys/verification-keys.ts';
import { HandRecordingMedia } from './recordings/hand-recording-media.fixture.ts';
import type { RecordedPublisher, RecordedStages } from './recordings/recorded-stages.ts';
import { Recordings, type RecordingsOptions } from './recordings/recordings.ts';
import type { ReplicationQuotas } from './replications/admit-replication.ts';
import { HandReplicationMedia } from './replications/hand-replication-media.fixture.ts';
import { Replications } from './replications/replications.ts';
import { openStore } from './store/sqlite/open-store.ts';
import type { Database, Store } from './store/store.ts';
import { ConnectionRevocations } from './tokens/connection-revocations.ts';
import { loadSigningKey } from './tokens/signing-key.ts';
import type { ParticipantTokenVerification } from './tokens/verify-participant-token.ts';

type HandledOperation = (typeof handledOperations)[number];

/** The body of an answer, as a client parses it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers as a client without types does
export type Body = any;

export const scope: Scope = { account: '123456789012', region: 'us-west-2' };

/** Callers to whom nothing of `scope` exists. */
export const elsewhere: readonly Scope[] = [
  { ...scope, region: 'eu-west-1' },
  { ...scope, account: '210987654321' },
];

/** What the control plane asked of the media, in order, and what was already written down by then. */
export class RecordedLiveStages extends EventEmitter<LiveStageEvents> implements LiveStages, RecordedStages {
  readonly calls: unknown[] = [];
  /** Called before a call is recorded. */
  look: (stage: StageRef) => Promise<void> = async () => {};

  /** Who is setting a publish up, as `<stage id> <participant id>`. */
  readonly republishing = new Set<string>();

  readonly #store: Store;
  /** Who publishes, by stage id. Change it by `publish` and `unpublish`. */
  readonly #publishers = new Map<string, string[]>();
  /** By stage id and participant. */
  readonly #media = new Map<string, RecordedPublisher>();

  constructor(store: Store) {
    super();
    this.#store = store;
  }

  publishers({ stageId }: StageRef): readonly string[] {
    return this.#publishers.get(stageId) ?? [];
  }

  isRepublishing({ stageId }: StageRef, participantId: string): boolean {
    return this.republishing.has(`${stageId} ${participantId}`);
  }

  publisherPlaces(stage: StageRef): number {
    return this.publishers(stage).length;
  }

  publish(stage: StageRef, participantId: string): void {
    this.#publishers.set(stage.stageId, [...this.publishers(stage), participantId]);
    this.emit('published', stage, participantId);
  }

  /** The same for one whose media is known. */
  publishMedia(stage: StageRef, participantId: string, publisher: RecordedPublisher): void {
    this.#media.set(`${stage.stageId} ${participantId}`, publisher);
    this.publish(stage, participantId);
  }

  publisher(stage: StageRef, participantId: string): RecordedPublisher | undefined {
    const isPublishing = this.publishers(stage).includes(participantId);
    return isPublishing ? this.#media.get(`${stage.stageId} ${participantId}`) : undefined;
  }

  writeRecording(
    stage: StageRef,
    participant: ParticipantOfSession,
    change: RecordingChange,
    work: (trx: Database) => Promise<void>,
  ): Promise<void> {
    return this.#store.write(async (trx) => {
      await changeRecording(trx, stage, participant, change);
      await work(trx);
    });
  }

  unpublish(stage: StageRef, participantId: string): void {
    this.#publishers.set(
      stage.stageId,
      this.publishers(stage).filter((id) => id !== participantId),
    );
    this.emit('unpublished', stage, participantId);
  }

  write<T>(_stage: StageRef, work: (trx: Database) => Promise<T>): Promise<T> {
    return this.#store.write(work);
  }

  keepSession(stage: StageRef, durationMs: number): void {
    this.calls.push(['keepSession', stage, durationMs]);
  }

  async disconnectParticipant(stage: StageRef, participantId: string): Promise<void> {
    await this.look(stage);
    this.calls.push(['disconnectParticipant', stage, participantId]);
  }

  async endStage(stage: StageRef): Promise<void> {
    await this.look(stage);
    this.calls.push(['endStage', stage]);
  }
}

/** Whose streams the control plane has cut, in order. */
export class RecordedIngestStreams implements IngestStreams {
  readonly disconnected: IngestConfigurationRef[] = [];
  /** Called before a call is recorded. */
  look: (configuration: IngestConfigurationRef) => Promise<void> = async () => {};

  async disconnect(configuration: IngestConfigurationRef): Promise<void> {
    await this.look(configuration);
    this.disconnected.push(configuration);
  }
}

/** Whose encoders the control plane has cut off, in order, by ARN of the channel. */
export class RecordedChannelEncoders {
  readonly stopped: string[] = [];
  /** Called before a call is recorded. */
  look: (channelArn: string) => Promise<void> = async () => {};

  async stop(channelArn: string): Promise<void> {
    await this.look(channelArn);
    this.stopped.push(channelArn);
  }
}

export type ControlPlane = {
  /** Sends a request through reading, handling and writing, as the HTTP front door does. */
  call(operation: HandledOperation, input?: object, caller?: Scope): Promise<Body>;
  store: Store;
  live: RecordedLiveStages;
  ingestStreams: RecordedIngestStreams;
  /** What goes to channels: make one begin or end by it. */
  streams: LiveStreams;
  viewers: ChannelViewers;
  channelEncoders: RecordedChannelEncoders;
  /** What its tokens are verified with. */
  verification: ParticipantTokenVerification;
  connectionRevocations: ConnectionRevocations;
  compositions: CompositionSupervisor;
  compositionMedia: HandCompositionMedia;
  clock: HandClock;
  /** What was recorded in `eventLog`, oldest first. */
  events: ServiceEvent[];
  eventLog: EventLog;
  replications: Replications;
  /** What copies publishers, as far as `replications` knows. */
  replicationMedia: HandReplicationMedia;
  recordings: Recordings;
  recordingMedia: HandRecordingMedia;
  /** Where recordings go unless another store is given, and what uploads them there. */
  buckets: LocalFolder;
  objects: MoodyStore;
  spool: Spool;
};

/** Everything behind the API but HTTP and media, on a new database. */
export async function openControlPlane(
  t: TestContext,
  quotas: Partial<Quotas & ReplicationQuotas> = {},
  givenObjects?: ObjectStore,
  channels: Pick<Channels, 'has'> = new Channels(),
): Promise<ControlPlane> {
  const store = await openTestStore(t);
  const live = new RecordedLiveStages(store);
  const ingestStreams = new RecordedIngestStreams();
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const signingKey = await loadSigningKey(store);
  const events: ServiceEvent[] = [];
  const eventLog: EventLog = { record: async (_trx, ...recorded) => void events.push(...recorded) };
  const connectionRevocations = new ConnectionRevocations({ store, clock });
  const allQuotas = {
    stages: 1_000,
    publicKeys: 3,
    storageConfigurations: 5,
    encoderConfigurations: 20,
    ingestConfigurations: 100,
    publishersPerStage: 12,
    replicationsPerParticipant: 5,
    compositions: 20,
    compositionsPerStage: 5,
    destinationsPerComposition: 2,
    channels: 100,
    streamKeysPerChannel: 1,
    ...quotas,
  };
  const replicationMedia = new HandReplicationMedia();
  const replications = new Replications({
    store,
    live,
    media: replicationMedia,
    events: eventLog,
    clock,
    logger: silentLogger,
    quotas: allQuotas,
  });
  const compositionMedia = new HandCompositionMedia();
  const compositions = openSupervisor(t, { store, live, media: compositionMedia, events: eventLog, clock });
  const recordingMedia = new HandRecordingMedia();
  const { buckets, objects, spool } = await openObjects(t, clock, givenObjects);
  const recordings = openRecordings(t, {
    store,
    live,
    media: recordingMedia,
    objects,
    spool,
    events: eventLog,
    clock,
  });
  const streams = new LiveStreams({ store, events: eventLog, clock, logger: silentLogger, quota: 100 });
  const viewers = new ChannelViewers(scope, clock);
  const channelEncoders = new RecordedChannelEncoders();
  const handlers = createHandlers({
    store,
    objects,
    live,
    ingestStreams,
    compositions,
    channels,
    recordings,
    endpointsOf: (stageId) => ({
      events: 'ws://127.0.0.1:8080/events',
      whip: `http://127.0.0.1:8080/whip/${stageId}`,
      rtmp: 'rtmp://127.0.0.1:1935/app/',
      rtmps: 'rtmps://127.0.0.1:443/app/',
    }),
    channelEndpoints: channelEndpoints('http://127.0.0.1:8080', { rtmps: 'rtmps://127.0.0.1:1936/app/' }, scope),
    viewers,
    encoders: channelEncoders,
    pageTokens: await loadPageTokens(store),
    signingKey,
    connectionRevocations,
    clock,
    events: eventLog,
    replications,
    quotas: allQuotas,
  });

  async function call(name: HandledOperation, input: object = {}, caller = scope): Promise<Body> {
    const handler = handlers[name] as Handler<HandledOperation>;
    const context = { scope: caller, requestId: 'r-1', principalArn: `arn:aws:iam::${caller.account}:user/test` };
    try {
      const response = await handler(readRequest(name, input), context);
      const { body } = writeResponse(name, response);
      const answer = body === undefined ? undefined : JSON.parse(body);
      assert.deepEqual(responseFaults(name, answer), [], `${name} answers what it should not`);
      return answer;
    } catch (error) {
      assertModelled(operations[name], error);
      throw error;
    }
  }

  const verification = { serviceKey: signingKey.publicKey, importedKeys: new VerificationKeys(store.db), clock };
  return {
    call,
    store,
    live,
    ingestStreams,
    streams,
    viewers,
    channelEncoders,
    compositions,
    compositionMedia,
    verification,
    connectionRevocations,
    clock,
    events,
    eventLog,
    replications,
    replicationMedia,
    recordings,
    recordingMedia,
    buckets,
    objects,
    spool,
  };
}

/** Whoever looks after compositions, until the test ends or it is closed before. */
export function openSupervisor(
  t: TestContext,
  parts: Omit<CompositionSupervisorOptions, 'logger' | 'durationMs'>,
): CompositionSupervisor {
  const compositions = new CompositionSupervisor({ ...parts, logger: silentLogger, durationMs: 24 * 60 * 60_000 });
  t.after(() => compositions.close());
  return compositions;
}

/** Recordings until the test ends, which waits for no upload, or they are closed before. */
export function openRecordings(
  t: TestContext,
  parts: Omit<RecordingsOptions, 'logger' | 'clock'> & { clock: HandClock },
): Recordings {
  const recordings = new Recordings({ ...parts, logger: silentLogger });
  t.after(async () => {
    const closing = recordings.close();
    parts.clock.advance(60_000);
    await closing;
  });
  return recordings;
}

/** @param store behind `objects`; default: `buckets` */
async function openObjects(
  t: TestContext,
  clock: HandClock,
  store?: ObjectStore,
): Promise<Pick<ControlPlane, 'buckets' | 'objects' | 'spool'>> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-objects-'));
  const buckets = await LocalFolder.open(join(folder, 'objects'));
  const objects = new MoodyStore(store ?? buckets);
  const spool = await Spool.open({
    folder: join(folder, 'spool'),
    maximumBytes: 100_000,
    store: objects,
    clock,
    logger: silentLogger,
  });
  t.after(async () => {
    await spool.close();
    await rm(folder, { recursive: true });
  });
  return { buckets, objects, spool };
}

export async function openTestStore(t: TestContext): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-'));
  const store = await openStore({ file: join(folder, 'proscenium.db'), clock: { now: () => new Date() } });
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  return store;
}

/** An operation answers with the errors of its model only. */
function assertModelled(operation: Operation, error: unknown): void {
  if (error instanceof ServiceError && error.modelled) {
    assert.ok(operation.errors.includes(error.name as ModelledErrorName), `${operation.name} has no ${error.name}`);
  }
}
