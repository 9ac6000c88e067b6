import { join } from 'node:path';
import { Compositors, closeRecordingFolder, type ListenPort, Recorders, Sfu } from '@proscenium/media';
import type { Logger } from 'pino';
import { accessRoutes } from './access/administration/access-routes.ts';
import { permissionsOf } from './access/permissions.ts';
import { startAccess } from './access/start-access.ts';
import { startAudit } from './audit/start-audit.ts';
import { ChannelEncoders } from './channels/channel-encoders.ts';
import { channelEndpoints } from './channels/channel-endpoints.ts';
import { ChannelViewers } from './channels/channel-viewers.ts';
import { Channels } from './channels/channels.ts';
import { LiveStreams } from './channels/live-streams.ts';
import { type AlarmClock, systemClock } from './clock.ts';
import { retainCompositions } from './compositions/composition-retention.ts';
import { startCompositions } from './compositions/start-compositions.ts';
import type { Config } from './config/config.ts';
import { startConsole } from './console/start-console.ts';
import { takeDataFolder } from './data-folder.ts';
import { Drain } from './drain/drain.ts';
import { drainRoutes } from './drain/drain-routes.ts';
import { DeadLetters } from './events/dead-letters.ts';
import { eventRoutes } from './events/event-routes.ts';
import { startEvents } from './events/start-events.ts';
import { apiNotFound, apiRoutes } from './http/api-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { isAcceptedHost } from './http/host.ts';
import { createHttpServer } from './http/http-server.ts';
import { Throttle } from './http/throttle.ts';
import { createAccounts } from './identity/accounts.ts';
import { clientConfigurationRoutes } from './ingest-configurations/client-configuration/client-configuration-routes.ts';
import { EncoderDoor } from './ingest-configurations/encoder-door.ts';
import { resetIngestStates } from './ingest-configurations/ingest-configuration-table.ts';
import { IngestService } from './ingest-configurations/ingest-service.ts';
import { startIngest } from './ingest-configurations/start-ingest.ts';
import { Metrics } from './metrics/metrics.ts';
import type { ServerParts } from './metrics/server-readings.ts';
import { StageSampler } from './metrics/stage-sampler.ts';
import { startMetrics } from './metrics/start-metrics.ts';
import { routeOfRequest } from './objects/reading/s3-request.ts';
import { s3Routes } from './objects/reading/s3-routes.ts';
import { startObjects } from './objects/start-objects.ts';
import { createHandlers, tagLookup } from './operations.ts';
import { channelRoutes } from './pages/channel-routes.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { createSendAsset } from './pages/send-asset.ts';
import { loadPageTokens } from './pagination/page-tokens.ts';
import { retainHistory } from './participants/history-retention.ts';
import { StageRegistry } from './participants/registry.ts';
import { VerificationKeys } from './public-keys/verification-keys.ts';
import { Recordings } from './recordings/recordings.ts';
import { Replications } from './replications/replications.ts';
import { StageReplication } from './replications/stage-replication.ts';
import { baseUrlOf, stageEndpoints } from './server-address.ts';
import { mediaRoutes } from './signalling/media-routes.ts';
import type { ParticipantAdmission } from './signalling/participant-admission.ts';
import { RealTimeConnections } from './signalling/real-time-connections.ts';
import { isEventsUpgrade, socketRoutes } from './signalling/socket-routes.ts';
import type { EncoderEndpoints, EndpointsOfStage } from './stages/endpoints.ts';
import { openStore, type StoreTimings } from './store/sqlite/open-store.ts';
import { TestControl } from './testing/test-control.ts';
import { testingRoutes } from './testing/testing-routes.ts';
import { Certificate } from './tls/certificate.ts';
import { admitParticipant } from './tokens/admit-participant.ts';
import { ConnectionRevocations, retainRevocations } from './tokens/connection-revocations.ts';
import { exchangeParticipantToken } from './tokens/exchange-participant-token.ts';
import { loadSigningKey } from './tokens/signing-key.ts';
import { verifyConnectionToken } from './tokens/verify-connection-token.ts';
import { identifyParticipant, verifyParticipantToken } from './tokens/verify-participant-token.ts';
import { startTracing } from './tracing/start-tracing.ts';
import { TurnServers } from './turn/turn-servers.ts';

/** A server that accepts calls. */
export interface RunningServer {
  /** Base URL of the API, as clients reach it. */
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  readonly consoleUrl: string;
  /** Opens the console once, in a browser on this machine; undefined where that is not possible. */
  readonly consoleLink: string | undefined;
  /** Where encoders publish. */
  readonly ingest: EncoderEndpoints;
  readonly media: { readonly announcedAddresses: readonly string[]; readonly ports: readonly ListenPort[] };
  /** Where the first access key was written, unless keys are configured. */
  readonly credentialsFile: string | undefined;
  /** Resolves with the cause if the server can no longer work; pending for ever otherwise. */
  readonly failed: Promise<Error>;
  /**
   * Lets stages that run go on and begins no other session. Doing it again changes nothing.
   *
   * @param caller who wants it, for the log
   */
  drain(caller: string): void;
  /** Resolves when the server was drained and nobody is left, whoever began it; pending for ever otherwise. */
  readonly drained: Promise<void>;
  /** Lets everybody go with a reason, writes down what is left to write, and ends all children. */
  close(): Promise<void>;
}

/** @throws when a part cannot be started, a ConfigError for what settings name; whatever had started is ended again */
export async function startServer(
  config: Config,
  { logger, clock = systemClock }: { logger: Logger; clock?: AlarmClock },
): Promise<RunningServer> {
  const running: (() => Promise<void> | void)[] = [];
  let ending: Promise<void> | undefined;
  const close = () => {
    ending ??= endAll(running);
    return ending;
  };
  try {
    return await startParts(config, logger, clock, running, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ends the parts in the opposite order of their start, each of them whatever becomes of the others. */
async function endAll(running: (() => Promise<void> | void)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of running.reverse()) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'the server did not end cleanly');
}

async function startParts(
  config: Config,
  logger: Logger,
  /** What signatures are judged by. */
  realClock: AlarmClock,
  running: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<RunningServer> {
  const { account, region, regions, hostNames: hosts, limits, quotas, throttles } = config;
  const own = { account, region };
  const certificate = config.tls && (await Certificate.open({ files: config.tls, clock: realClock, logger }));
  running.push(() => certificate?.close());
  running.push(await takeDataFolder(config.data));
  const accounts = createAccounts(config.accounts);
  const testing = config.testing.enabled ? new TestControl(realClock) : undefined;
  // The service's own time: what expires, lingers and is kept goes by it.
  const clock: AlarmClock = testing?.clock ?? realClock;
  const metrics = new Metrics();
  running.push(() => metrics.close());
  const tracing = await startTracing(config, metrics, logger, realClock);
  running.push(() => tracing.close());
  const timings: StoreTimings = {
    read: (durationMs) => metrics.database.read(durationMs),
    write: (work) => metrics.database.write(() => tracing.step('store.write', work)),
  };
  const store = await openStore({ file: join(config.data, 'proscenium.db'), clock, timings });
  running.push(() => store.close());
  const { users, credentialsFile, firstUserName } = await startAccess(config, { store, clock: realClock });
  const { accessKeys, ...ownConsole } = startConsole(config, { users, firstUserName, clock: realClock });
  const audit = await startAudit(config.audit, { store, clock: realClock, logger, accessKeys, regions });
  running.push(() => audit.close());
  await resetIngestStates(store);
  const signingKey = await loadSigningKey(store);
  const pageTokens = await loadPageTokens(store);
  const {
    outbox: events,
    streams: eventStreams,
    backlogs,
    close: closeEvents,
  } = await startEvents(config.events, { store, clock, realClock, logger });
  running.push(closeEvents);

  const objects = await startObjects(config.objects, { clock: realClock, logger });
  running.push(() => objects.close());

  const sfu = await Sfu.start({
    ...config.media,
    iceConsentTimeoutSeconds: limits.iceConsentTimeoutSeconds,
    publishBitrateBps: quotas.publishBitrateBps,
    subscribeBitrateBps: quotas.subscribeBitrateBps,
  });
  running.push(() => sfu.close());
  sfu.on('workerdied', (pid) => {
    metrics.mediaWorkerDeaths.add({});
    logger.error({ pid }, 'a media worker died; another one takes its place');
  });
  sfu.on('restartfailed', (error) => {
    metrics.mediaWorkerStartFailures.add({});
    logger.error({ err: error }, 'a media worker could not be started');
  });

  const verification = { serviceKey: signingKey.publicKey, importedKeys: new VerificationKeys(store.db), clock };
  const connectionRevocations = new ConnectionRevocations({ store, clock });
  const admission: ParticipantAdmission = {
    verify: (token) => tracing.step('token.verify', () => verifyParticipantToken(token, verification)),
    identify: (token) => identifyParticipant(token, verification),
    admit: (claims) => tracing.step('admission', () => admitParticipant(store.db, claims)),
  };
  const turn = config.turn && new TurnServers(config.turn, realClock);
  const registry = new StageRegistry({
    store,
    sfu,
    clock,
    logger,
    events,
    sessionLingerMs: limits.sessionLingerSeconds * 1_000,
    reconnectGraceMs: limits.reconnectGraceSeconds * 1_000,
    quotas,
    replicasIn: (stage) => replications.replicasIn(stage),
    activeSpeakerIntervalMs: config.events.activeSpeakerIntervalSeconds * 1_000,
    participantUpdates: config.events.participantUpdates,
    turn,
    admit: admission.admit,
    tracing,
    onEvents: metrics.countEvents,
    exchange: (present, token) => exchangeParticipantToken(present, token, verification),
  });
  running.push(() => registry.close());
  await registry.recover();

  const replications = new Replications({
    store,
    live: registry,
    media: new StageReplication(registry),
    events,
    clock,
    logger,
    quotas,
  });
  running.push(() => replications.close());
  await replications.recover();
  const compositors = new Compositors({
    cores: config.compositions.cores,
    onLog: (line) => logger.warn({ line }, 'a composer wrote to its log'),
  });
  running.push(() => compositors.close());
  const channels = await Channels.open(config.compositions);
  const streams = new LiveStreams({ store, events, clock, logger, quota: quotas.streams });
  await streams.recover();
  running.push(() => streams.close());
  const channelOutput = {
    objects: objects.store,
    bucketName: config.compositions.channelsBucket,
    folder: config.compositions.channelsFolder,
    clock,
    logger,
  };
  const { compositions, media, ...composing } = await startCompositions({
    compositors,
    store,
    live: registry,
    objects,
    events,
    own,
    channels,
    streams,
    stream: channelOutput,
    durationHours: quotas.compositionDurationHours,
    clock,
    logger,
    onStatistics: metrics.countPictures,
    onDied: () => metrics.composerDeaths.add({}),
    onNoCapacity: () => metrics.limitHit('capacity'),
  });
  running.push(() => composing.close());

  const recorders = await Recorders.start({ onLog: (line) => logger.warn({ line }, 'a recorder wrote to its log') });
  running.push(() => recorders.close());
  const recordings = new Recordings({
    store,
    live: registry,
    media: {
      record: (publication, options) => recorders.record(publication, options),
      closeFolder: closeRecordingFolder,
    },
    objects: objects.store,
    spool: objects.spool,
    events,
    clock,
    logger,
  });
  running.push(() => recordings.close());
  await recordings.recover();
  const ingestStreams = new IngestService({
    store,
    registry,
    clock: realClock,
    logger,
    onSwitch: (cause) => metrics.ingestSwitches.add({ cause }),
  });
  const channelEncoders = new ChannelEncoders({ store, channels, streams, own, output: channelOutput, logger });
  const encoders = new EncoderDoor(ingestStreams, channelEncoders);
  const { endpoints: encoderEndpoints, close: closeIngest } = await startIngest(config, {
    service: encoders,
    certificate,
    // The port is another one, so it does not matter that it is not known for sure.
    hostName: new URL(baseUrlOf(config, sfu, config.listen.port)).hostname,
    clock: realClock,
    logger,
    onDeath: () => metrics.ingestProgramDeaths.add({}),
  });
  running.push(closeIngest);

  const retentions = [
    retainHistory({ store, clock, logger, days: limits.historyRetentionDays }),
    retainRevocations({ store, clock, logger }),
    retainCompositions({ store, clock, logger }),
  ];
  for (const retention of retentions) running.push(() => retention.close());

  const app = createHttpServer({
    clock: realClock,
    logger,
    takesUpgrade: isEventsUpgrade,
    // Where objects are in another store, they are asked for there.
    ...(objects.folder && { routeOf: routeOfRequest }),
    certificate,
  });
  metrics.http.watch(app);
  // Known for sure once the server listens, before which nobody can ask for it.
  let baseUrl = baseUrlOf(config, sfu, config.listen.port);
  const endpointsOf: EndpointsOfStage = (stageId) => ({
    ...stageEndpoints(baseUrl, stageId),
    ...encoderEndpoints,
  });
  const viewers = new ChannelViewers(own, realClock);
  const handlers = createHandlers({
    store,
    objects: objects.store,
    live: registry,
    ingestStreams,
    compositions,
    channels,
    recordings,
    endpointsOf,
    channelEndpoints: {
      playbackUrl: (channelArn) => channelEndpoints(baseUrl, encoderEndpoints, own).playbackUrl(channelArn),
      ingestEndpoint: channelEndpoints(baseUrl, encoderEndpoints, own).ingestEndpoint,
    },
    viewers,
    encoders: channelEncoders,
    pageTokens,
    signingKey,
    connectionRevocations,
    clock,
    events,
    replications,
    quotas,
  });

  const connections = new RealTimeConnections({
    registry,
    admission,
    verify: (token) => verifyConnectionToken(token, { ...verification, revocations: connectionRevocations }),
    revocations: connectionRevocations,
    logger,
    tracing,
  });
  const drain = new Drain({
    registry,
    // Real-time connections without a stage and followers of events have no end of their own.
    answerTheLast: async () => {
      connections.close();
      await eventStreams.close();
      await app.close();
    },
    clock: realClock,
    logger,
  });

  // No connection is kept for another request, which may find a better place.
  app.addHook('onSend', async (_, reply) => {
    if (drain.underWay) reply.header('Connection', 'close');
  });

  await app.register(healthRoutes, { workersConfigured: config.media.workers, sfu, drain });
  const permissions = permissionsOf({
    policiesOf: (caller) => users.policiesOf(caller),
    tagsOf: tagLookup(store, clock),
  });
  const throttle = throttles.enabled ? new Throttle(throttles.ratesPerSecond) : undefined;
  testing?.failures.shapeAnswers(app);
  const signed = {
    accessKeys,
    clock: realClock,
    regions,
    hosts,
    publicHost: config.publicUrl === undefined ? undefined : new URL(config.publicUrl).host,
    bodyLimitBytes: limits.bodyBytes,
    logger,
    permissions,
  };
  await app.register(apiRoutes, {
    ...signed,
    handlers,
    accounts,
    throttle,
    beforeHandling: testing && ((operation, request) => testing.failures.meet(operation, request)),
    audit,
  });
  if (objects.folder !== undefined) await app.register(s3Routes, { ...signed, region, folder: objects.folder });
  await app.register(eventRoutes, {
    ...signed,
    prefix: '/proscenium/events',
    deadLetters: new DeadLetters({ store, clock, outbox: events, pageTokens }),
    streams: eventStreams,
  });
  await app.register(accessRoutes, { ...signed, prefix: '/proscenium/access', store });
  await app.register(drainRoutes, { ...signed, account, drain });
  await app.register(mediaRoutes, {
    prefix: '/whip',
    hosts,
    registry,
    admission,
    turn,
    whipUrl: (stageId) => endpointsOf(stageId).whip,
    clock: realClock,
    countryHeader: config.metrics.countryHeader,
    tracing,
  });
  const sampler = new StageSampler({
    stages: () => registry.stages,
    scopes: [own],
    maximumSeries: config.metrics.maximumSeries,
  });
  const parts: ServerParts = {
    clock,
    sfu,
    workersConfigured: config.media.workers,
    backlogs,
    compositions,
    composing: media,
    replications,
    recordings,
    spool: objects.spool,
    encoders,
    server: app.server,
  };
  const endMetrics = await startMetrics(config, { app, sampler, metrics, parts, logger, clock: realClock });
  running.push(endMetrics);
  await ownConsole.addRoutes(app, {
    ...signed,
    servesObjects: objects.folder !== undefined,
    ingest: encoderEndpoints,
    collectMetrics: () => metrics.collect(parts, sampler),
  });
  const sendAsset = createSendAsset(() => new URL(baseUrl).origin);
  await app.register(pageRoutes, {
    hosts,
    sendAsset,
    account,
    region,
    // A public address means a proxy in front, behind which everybody seems to be on this machine.
    madeStages: config.publicUrl === undefined && accounts.stateOf(account) === 'ACTIVE',
    createStage: handlers.CreateStage,
    clock: realClock,
    audit,
  });
  await app.register(channelRoutes, {
    hosts,
    sendAsset,
    own,
    viewers,
    bucketName: config.compositions.channelsBucket,
    objects: objects.store,
    logger,
  });
  await app.register(clientConfigurationRoutes, {
    hosts,
    clock: realClock,
    db: store.db,
    endpoints: encoderEndpoints,
    // The server's own one is trusted by nobody.
    isTrusted: certificate !== undefined,
    limits: quotas,
  });
  if (testing !== undefined) {
    logger.warn('TESTING IS ON: every program on this machine can move the clock, make calls fail and remove all data');
    running.push(() => testing.close());
    const parts = { store, throttle, deleteStage: handlers.DeleteStage };
    await app.register(testingRoutes, { prefix: '/proscenium/testing', hosts, testing, parts });
  }
  await app.register(apiNotFound, { clock: realClock, hosts, logger });

  running.push(() => app.close());
  const endSockets = socketRoutes(app.server, {
    registry,
    admission,
    connections,
    acceptsHost: (host) => isAcceptedHost(host, hosts),
    logger,
    countryHeader: config.metrics.countryHeader,
    tracing,
  });
  // Before the rest: requests and sockets that are being served hold nothing up.
  running.push(async () => {
    await composing.close();
    await replications.close();
    await registry.close();
    endSockets();
    await eventStreams.close();
    app.server.closeAllConnections();
  });

  const { host, port } = config.listen;
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  baseUrl = baseUrlOf(config, sfu, address.port);

  return {
    endpoint: baseUrl,
    account,
    region,
    consoleUrl: `${baseUrl}/console`,
    consoleLink: ownConsole.linkAt(baseUrl),
    ingest: encoderEndpoints,
    media: { announcedAddresses: sfu.announcedAddresses, ports: sfu.ports },
    credentialsFile,
    failed: store.died,
    drain: (caller) => void drain.begin(caller),
    drained: drain.finished,
    close,
  };
}
