import { Sfu } from '@proscenium/media';
import type { Config } from './config/config.ts';
import type { EventLog } from './events/service-event.ts';
import { StageRegistry } from './participants/registry.ts';
import { VerificationKeys } from './public-keys/verification-keys.ts';
import { Replications } from './replications/replications.ts';
import { StageReplication } from './replications/stage-replication.ts';
import type { ParticipantAdmission } from './signalling/participant-admission.ts';
import type { Groundwork } from './start-groundwork.ts';
import { admitParticipant } from './tokens/admit-participant.ts';
import { ConnectionRevocations } from './tokens/connection-revocations.ts';
import { exchangeParticipantToken } from './tokens/exchange-participant-token.ts';
import type { SigningKey } from './tokens/signing-key.ts';
import { type ConnectionClaims, verifyConnectionToken } from './tokens/verify-connection-token.ts';
import { identifyParticipant, verifyParticipantToken } from './tokens/verify-participant-token.ts';
import { TurnServers } from './turn/turn-servers.ts';

export interface LiveStagesParts
  extends Pick<Groundwork, 'store' | 'clock' | 'realClock' | 'logger' | 'metrics' | 'tracing' | 'endings'> {
  readonly events: EventLog;
  readonly signingKey: SigningKey;
}

/** Who meets in stages, and by what they are let in. */
export interface RunningLiveStages {
  readonly sfu: Sfu;
  readonly registry: StageRegistry;
  readonly replications: Replications;
  readonly admission: ParticipantAdmission;
  /** Reads and checks a connection token. @throws {ConnectionRefusal} */
  readonly verifyConnection: (token: string) => Promise<ConnectionClaims>;
  readonly connectionRevocations: ConnectionRevocations;
  /** Relays that clients are told of; undefined: there are none. */
  readonly turn: TurnServers | undefined;
}

/** Puts right what an earlier run of the server has left of stages and replications, and is ready for participants. */
export async function startLiveStages(config: Config, parts: LiveStagesParts): Promise<RunningLiveStages> {
  const { store, clock, realClock, logger, events, metrics, tracing, signingKey, endings } = parts;
  const { limits, quotas } = config;
  const sfu = await startSfu(config, parts);
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
  endings.add(() => registry.close());
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
  endings.add(() => replications.close());
  await replications.recover();
  return {
    sfu,
    registry,
    replications,
    admission,
    verifyConnection: (token) => verifyConnectionToken(token, { ...verification, revocations: connectionRevocations }),
    connectionRevocations,
    turn,
  };
}

async function startSfu(
  { media, limits, quotas }: Config,
  { metrics, logger, endings }: Pick<LiveStagesParts, 'metrics' | 'logger' | 'endings'>,
): Promise<Sfu> {
  const sfu = await Sfu.start({
    ...media,
    iceConsentTimeoutSeconds: limits.iceConsentTimeoutSeconds,
    publishBitrateBps: quotas.publishBitrateBps,
    subscribeBitrateBps: quotas.subscribeBitrateBps,
  });
  endings.add(() => sfu.close());
  sfu.on('workerdied', (pid) => {
    metrics.mediaWorkerDeaths.add({});
    logger.error({ pid }, 'a media worker died; another one takes its place');
  });
  sfu.on('restartfailed', (error) => {
    metrics.mediaWorkerStartFailures.add({});
    logger.error({ err: error }, 'a media worker could not be started');
  });
  return sfu;
}
