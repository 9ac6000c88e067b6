import type { ListenPort } from '@proscenium/media';
import type { Logger } from 'pino';
import { startAccess } from './access/start-access.ts';
import { startAudit } from './audit/start-audit.ts';
import { type AlarmClock, systemClock } from './clock.ts';
import { retainCompositions } from './compositions/composition-retention.ts';
import type { Config } from './config/config.ts';
import { startConsole } from './console/start-console.ts';
import { Endings } from './endings.ts';
import { startEvents } from './events/start-events.ts';
import { resetIngestStates } from './ingest-configurations/ingest-configuration-table.ts';
import { startObjects } from './objects/start-objects.ts';
import { loadPageTokens } from './pagination/page-tokens.ts';
import { retainHistory } from './participants/history-retention.ts';
import type { EncoderEndpoints } from './stages/endpoints.ts';
import { startEncoders } from './start-encoders.ts';
import { type GroundworkParts, startGroundwork } from './start-groundwork.ts';
import { startHttp } from './start-http.ts';
import { startLiveStages } from './start-live-stages.ts';
import { startOutputs } from './start-outputs.ts';
import { retainRevocations } from './tokens/connection-revocations.ts';
import { loadSigningKey } from './tokens/signing-key.ts';

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
  const endings = new Endings();
  try {
    return await startParts(config, { logger, realClock: clock, endings });
  } catch (error) {
    await endings.endAll();
    throw error;
  }
}

/** One room after the other: each stands on those before it, and is ended before them. */
async function startParts(config: Config, parts: GroundworkParts): Promise<RunningServer> {
  const { account, region, regions, limits } = config;
  const groundwork = await startGroundwork(config, parts);
  const { store, clock, realClock, logger, endings } = groundwork;

  const { users, credentialsFile, firstUserName } = await startAccess(config, { store, clock: realClock });
  const console = startConsole(config, { users, firstUserName, clock: realClock });
  const { accessKeys } = console;
  const audit = await startAudit(config.audit, { store, clock: realClock, logger, accessKeys, regions });
  endings.add(() => audit.close());

  await resetIngestStates(store);
  const signingKey = await loadSigningKey(store);
  const pageTokens = await loadPageTokens(store);
  const events = await startEvents(config.events, { store, clock, realClock, logger });
  endings.add(() => events.close());
  const objects = await startObjects(config.objects, { clock: realClock, logger });
  endings.add(() => objects.close());

  const live = await startLiveStages(config, { ...groundwork, events: events.outbox, signingKey });
  const { sfu, registry } = live;
  const outputs = await startOutputs(config, { ...groundwork, live: registry, objects, events: events.outbox });
  const encoders = await startEncoders(config, { ...groundwork, ...outputs, registry, sfu });

  const retentions = [
    retainHistory({ store, clock, logger, days: limits.historyRetentionDays }),
    retainRevocations({ store, clock, logger }),
    retainCompositions({ store, clock, logger }),
  ];
  for (const retention of retentions) endings.add(() => retention.close());

  const rooms = { groundwork, users, console, audit, signingKey, pageTokens, events, objects, live, outputs, encoders };
  const { baseUrl, drain } = await startHttp(config, rooms);
  return {
    endpoint: baseUrl,
    account,
    region,
    consoleUrl: `${baseUrl}/console`,
    consoleLink: console.linkAt(baseUrl),
    ingest: encoders.endpoints,
    media: { announcedAddresses: sfu.announcedAddresses, ports: sfu.ports },
    credentialsFile,
    failed: store.died,
    drain: (caller) => void drain.begin(caller),
    drained: drain.finished,
    close: () => endings.endAll(),
  };
}
