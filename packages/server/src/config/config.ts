import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { findRecordedWorker } from '@proscenium/media/recorded-worker';
import { Value } from 'typebox/value';
import { isLoopback } from '../http/loopback.ts';
import type { AccessKey } from '../identity/access-keys.ts';
import type { Account } from '../identity/accounts.ts';
import type { CloudWatchSettings } from '../metrics/cloud-watch/cloud-watch-publisher.ts';
import type { KeyPairFiles } from '../tls/key-pair.ts';
import type { TraceEndpoint } from '../tracing/span-exporter.ts';
import type { TurnSettings } from '../turn/turn-servers.ts';
import { type ConfiguredPolicy, type ConfiguredUser, resolveAccess } from './access.ts';
import { checkSettings, formatSettingPath } from './check-settings.ts';
import { type CompositionsConfig, resolveCompositions } from './compositions.ts';
import { ConfigError } from './config-error.ts';
import { type Environment, readAccessKey, readEnvironment } from './environment.ts';
import { withFiles } from './environment-files.ts';
import { type EventTargetConfig, resolveEventTargets } from './event-targets.ts';
import { type ObjectsConfig, resolveObjects } from './objects.ts';
import { resolveCloudWatch, resolveTracing } from './observability.ts';
import { defaultUserName, off, type Settings, type SettingsLayer, settingsSchema, unlimited } from './settings.ts';
import { readSettingsFile } from './settings-file.ts';

/** Everything that the server needs to know to start. */
export type Config = {
  /** Where the API, the pages and the signalling are served. Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Absolute paths; undefined: HTTP without TLS. */
  readonly tls: KeyPairFiles | undefined;
  /** Address of the server as its clients see it, without a trailing slash; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  /** Names that requests may carry as their host, beside any IP address. */
  readonly hostNames: readonly string[];
  /** Folder of all that outlives the process, an absolute path. */
  readonly data: string;
  /** The account of the first access key. */
  readonly account: string;
  readonly region: string;
  /** All that are accepted, `region` among them. */
  readonly regions: readonly string[];
  /** Those whose state is set. */
  readonly accounts: readonly Account[];
  /** Those that are set; where there is none, a first one is made at the first start. */
  readonly accessKeys: readonly AccessKey[];
  /** Those of whom the configuration says what they may do. */
  readonly users: readonly ConfiguredUser[];
  readonly policies: readonly ConfiguredPolicy[];
  readonly logLevel: string;
  /** An absolute path; undefined: no audit log. */
  readonly audit: { readonly file: string | undefined };
  readonly media: {
    /** An IP address. */
    readonly listenAddress: string;
    /** IP addresses. Empty: where media listens. */
    readonly announcedAddresses: readonly string[];
    /** Of the first worker; the next ones follow. 0 takes free ones. */
    readonly port: number;
    readonly workers: number;
    readonly consumersPerWorker: number;
    /** The mediasoup worker; undefined: the one that mediasoup finds by itself. */
    readonly workerPath: string | undefined;
  };
  /** On which encoders are waited for; undefined: they are not. 0 takes a free one. */
  readonly ingest: { readonly rtmpPort: number | undefined; readonly rtmpsPort: number | undefined };
  /** Relays; undefined: there are none. */
  readonly turn: TurnSettings | undefined;
  readonly events: {
    readonly targets: readonly EventTargetConfig[];
    readonly activeSpeakerIntervalSeconds: number;
    readonly participantUpdates: boolean;
  };
  /** Where recordings go. */
  readonly objects: ObjectsConfig;
  /** Where compositions go that go to a channel. */
  readonly compositions: CompositionsConfig;
  readonly metrics: {
    /** Where metrics alone are served; undefined: where all else is. */
    readonly listen: Config['listen'] | undefined;
    /** Undefined: no token opens them. */
    readonly bearerToken: string | undefined;
    readonly maximumSeries: number;
    /** In which a proxy tells the country that a request comes from. */
    readonly countryHeader: string | undefined;
    /** Undefined: metrics are put nowhere. */
    readonly cloudWatch: CloudWatchSettings | undefined;
  };
  /** Where traces are sent; undefined: nowhere. */
  readonly tracing: TraceEndpoint | undefined;
  readonly limits: Readonly<Settings['limits']>;
  /** Infinity: unlimited. */
  readonly quotas: { readonly [Name in keyof Settings['quotas']]: number };
  readonly throttles: {
    readonly enabled: boolean;
    readonly ratesPerSecond: Readonly<Settings['throttles']['ratesPerSecond']>;
  };
  /** What test suites may do, without a signature. */
  readonly testing: Readonly<Settings['testing']>;
};

export type ConfigSources = {
  /** A YAML file. */
  file?: string | undefined;
  environment: Environment;
  /** Options of the command line. */
  flags: { listen?: string | undefined; data?: string | undefined; testing?: { enabled: true } | undefined };
};

/**
 * The configuration: defaults, then the file, then the environment, then the flags, the later ones over the earlier.
 *
 * @throws ConfigError that names the settings that are wrong in one of them
 */
export function loadConfig({ file, flags, ...sources }: ConfigSources): Config {
  const environment = withFiles(sources.environment);
  const fromFlags = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  checkSettings(fromFlags, (setting) => `--${formatSettingPath(setting)}`);
  const layers = [file === undefined ? {} : readSettingsFile(file), readEnvironment(environment), fromFlags];
  const settings: unknown = Value.Default(settingsSchema, layers.reduce(overlay, {}));
  Value.Assert(settingsSchema, settings);
  return resolve(settings, environment);
}

/** Groups are laid over each other member by member; everything else is replaced. */
function overlay(below: SettingsLayer, above: SettingsLayer): SettingsLayer {
  const members = Object.entries(above).map(([name, value]) => {
    const covered = below[name];
    return [name, isGroup(covered) && isGroup(value) ? overlay(covered, value) : value];
  });
  return { ...below, ...Object.fromEntries(members) };
}

function isGroup(value: unknown): value is SettingsLayer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolve(settings: Settings, environment: Environment): Config {
  const { account, region, accounts, limits, quotas, throttles, testing } = settings;
  const listen = splitListen(settings.listen);
  const publicUrl = settings.publicUrl?.replace(/\/$/, '');
  if (publicUrl !== undefined && !URL.canParse(publicUrl)) throw new ConfigError('publicUrl: must be a web address');
  if (testing.enabled && (publicUrl !== undefined || !isLoopback(listen.host))) {
    throw new ConfigError('testing.enabled: only where `listen` is a loopback address and `publicUrl` is not set');
  }
  const firstKey = readAccessKey(environment);
  const regions = [...new Set([region, ...settings.regions])];
  const environmentKeys = firstKey ? [{ ...firstKey, userName: defaultUserName }] : [];
  return {
    listen,
    tls: resolveTls(settings.tls),
    publicUrl,
    hostNames: acceptedHostNames(listen.host, publicUrl, settings.hostNames),
    data: path.resolve(settings.data),
    account,
    region,
    regions,
    accounts,
    accessKeys: [...environmentKeys, ...settings.accessKeys].map((key) => ({ account, ...key })),
    ...resolveAccess(settings),
    logLevel: settings.logLevel,
    audit: { file: settings.audit.file && path.resolve(settings.audit.file) },
    media: resolveMedia(settings.media, listen),
    ingest: resolveIngest(settings, listen),
    turn: resolveTurn(settings.turn),
    events: { ...settings.events, targets: resolveEventTargets(settings.events.targets, { region, environment }) },
    objects: resolveObjects(settings.objects, { region, data: settings.data }),
    compositions: resolveCompositions(settings.compositions, { regions, data: settings.data }),
    metrics: resolveMetrics(settings.metrics, { region, environment }),
    tracing: resolveTracing(settings.tracing, environment),
    limits,
    quotas: resolveQuotas(quotas),
    throttles,
    testing,
  };
}

function resolveMetrics(
  { listen, bearerToken, maximumSeries, countryHeader, cloudWatch }: Settings['metrics'],
  where: { region: string; environment: Environment },
): Config['metrics'] {
  return {
    listen: listen === undefined ? undefined : splitListen(listen, 'metrics.listen'),
    bearerToken,
    maximumSeries,
    countryHeader,
    cloudWatch: resolveCloudWatch(cloudWatch, where),
  };
}

function resolveIngest({ ingest, media }: Settings, listen: Config['listen']): Config['ingest'] {
  const resolvePort = (port: number | typeof off) => {
    if (port === off || media.workers === 0) return undefined;
    // As with media: none of the ports of a server on a free port may be taken by another.
    return listen.port === 0 ? 0 : port;
  };
  return { rtmpPort: resolvePort(ingest.rtmpPort), rtmpsPort: resolvePort(ingest.rtmpsPort) };
}

function resolveTurn({ urls, secret, ttlSeconds }: Settings['turn']): Config['turn'] {
  if (urls.length === 0) return undefined;
  if (secret === undefined) throw new ConfigError('turn.secret: is missing');
  return { urls, secret, ttlSeconds };
}

function resolveQuotas(quotas: Settings['quotas']): Config['quotas'] {
  const limits = Object.entries(quotas).map(([name, limit]) => [name, limit === unlimited ? Infinity : limit]);
  return Object.fromEntries(limits);
}

function splitListen(listen: string, name = 'listen'): Config['listen'] {
  const colon = listen.lastIndexOf(':');
  const port = Number(listen.slice(colon + 1));
  if (port > 65_535) throw new ConfigError(`${name}: there is no port ${port}`);
  return { host: listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port };
}

function resolveTls({ certFile, keyFile }: Settings['tls']): KeyPairFiles | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new ConfigError('tls: set both certFile and keyFile, or neither of them');
  }
  return { certFile: path.resolve(certFile), keyFile: path.resolve(keyFile) };
}

function acceptedHostNames(listenHost: string, publicUrl: string | undefined, configured: string[]): string[] {
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return [...new Set(['localhost', listenHost, ...publicHost, ...configured])].filter((name) => isIP(name) === 0);
}

function resolveMedia(media: Settings['media'], listen: Config['listen']): Config['media'] {
  const listenHost = listen.host === 'localhost' ? '127.0.0.1' : listen.host;
  const listenAddress = media.listenAddress ?? listenHost;
  if (isIP(listenAddress) === 0) {
    throw new ConfigError('media.listenAddress: must be an IP address (without it, the host of listen must be one)');
  }
  const named = media.announcedAddresses.find((address) => isIP(address) === 0);
  if (named !== undefined) {
    throw new ConfigError(
      `media.announcedAddresses: ${named} is no IP address, and browsers do not look names up for media`,
    );
  }
  return {
    listenAddress,
    announcedAddresses: media.announcedAddresses,
    // A server on a free port is one of several: none of its ports may be taken by another.
    port: listen.port === 0 ? 0 : media.port,
    workers: media.workers ?? availableParallelism(),
    consumersPerWorker: media.consumersPerWorker,
    workerPath:
      media.workerPath === undefined ? findRecordedWorker(import.meta.dirname) : path.resolve(media.workerPath),
  };
}
