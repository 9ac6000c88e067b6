import type { TestContext } from 'node:test';
import { Sfu } from '@proscenium/media';
import { findRecordedWorker } from '@proscenium/media/recorded-worker';
import { loadConfig } from '../config/config.ts';
import { type ControlPlane, openControlPlane, scope } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { exchangeParticipantToken } from '../tokens/exchange-participant-token.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { Capacity } from './capacity.ts';
import type { StageRef } from './live-stages.ts';
import { StageRegistry, type StageRegistryOptions } from './registry.ts';

/** The live side of one stage with real media, on the control plane's clock: only time-outs of the network run by themselves. */
export type RunningStage = ControlPlane & {
  sfu: Sfu;
  registry: StageRegistry;
  /** Of the default quotas, with nobody there yet. */
  capacity: Capacity;
  stage: StageRef;
  /** What a token for the stage says that lets its bearer publish and subscribe. */
  claimsOf(participantId: string): ParticipantClaims;
  /** Another registry on the same store, as the next start of the server makes it. */
  newRegistry(): StageRegistry;
};

type StageOptions = Partial<Omit<StageRegistryOptions, 'quotas'>> & {
  quotas?: Partial<StageRegistryOptions['quotas']>;
};

const { quotas: defaultQuotas } = loadConfig({ environment: {}, flags: {} });

/** One for several stages, to be closed by whoever starts it. */
export function startSfu({ publishBitrateBps = defaultQuotas.publishBitrateBps } = {}): Promise<Sfu> {
  return Sfu.start({
    listenAddress: '127.0.0.1',
    announcedAddresses: [],
    port: 0,
    workers: 1,
    workerPath: findRecordedWorker(import.meta.dirname),
    iceConsentTimeoutSeconds: 10,
    publishBitrateBps,
    subscribeBitrateBps: defaultQuotas.subscribeBitrateBps,
  });
}

/** @param options.sfu stays its owner's; default one of the stage's own */
export async function openStage(t: TestContext, { quotas = {}, ...options }: StageOptions = {}): Promise<RunningStage> {
  const plane = await openControlPlane(t);
  const sfu = options.sfu ?? (await startSfu(quotas));
  function newRegistry(): StageRegistry {
    const registry = new StageRegistry({
      store: plane.store,
      sfu,
      clock: plane.clock,
      logger: silentLogger,
      events: plane.eventLog,
      sessionLingerMs: 120_000,
      reconnectGraceMs: 30_000,
      quotas: { ...defaultQuotas, ...quotas },
      replicasIn: () => 0,
      activeSpeakerIntervalMs: 0,
      participantUpdates: false,
      turn: undefined,
      admit: async () => {},
      exchange: (present, token) => exchangeParticipantToken(present, token, plane.verification),
      ...options,
    });
    t.after(() => registry.close());
    return registry;
  }
  const registry = newRegistry();
  if (options.sfu === undefined) t.after(() => sfu.close());
  const { stage } = await plane.call('CreateStage');
  const ref: StageRef = { ...scope, stageId: stage.arn.split('/')[1] };
  const claimsOf = (participantId: string): ParticipantClaims => ({
    participantId,
    stage: ref,
    userId: '',
    attributes: {},
    capabilities: { publish: true, subscribe: true },
    expiresAt: new Date(plane.clock.now().getTime() + 3_600_000),
    selfSigned: false,
  });
  const capacity = new Capacity(defaultQuotas, () => 0);
  return { ...plane, sfu, registry, capacity, stage: ref, claimsOf, newRegistry };
}
