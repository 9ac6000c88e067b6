import { type Config, ConfigError, isLoopback, loadConfig } from '@proscenium/server/configuring';
import { type Check, type Finding, failed, ok, warning } from './check.ts';

/** Where the configuration comes from, as for `serve`. */
export type ConfigurationSources = Parameters<typeof loadConfig>[0];

const HIGHEST_PORT = 65_535;

/** Whether the server's configuration can be read, and goes together. */
export function configurationCheck(sources: ConfigurationSources): Check {
  return {
    id: 'configuration',
    title: 'Configuration',
    needs: [],
    learns: ['config'],
    timeoutMs: 5_000,
    async run() {
      const from = sources.file ?? 'defaults and environment';
      try {
        const config = loadConfig(sources);
        return { findings: [ok(`${from}: ${summary(config)}`), ...contradictions(config)], learned: { config } };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const remedy = 'Correct that. config.sample.yaml explains every option.';
        return { findings: error.message.split('\n').map((line) => failed(line, remedy)) };
      }
    },
  };
}

function summary({ listen, media, account, region }: Config): string {
  const workers = media.workers === 1 ? '1 media worker' : `${media.workers} media workers`;
  const what = media.workers === 0 ? 'no media' : workers;
  return `listens on ${formatHost(listen.host)}:${listen.port}, ${what}, account ${account} in ${region}`;
}

/** What no single setting shows. */
export function contradictions(config: Config): Finding[] {
  return [
    ...portContradictions(config),
    ...encoderPortContradictions(config),
    ...keyContradictions(config),
    ...tlsContradictions(config),
    ...testing(config),
  ];
}

function portContradictions({ listen, media: { port, workers } }: Config): Finding[] {
  if (port === 0 || workers === 0) return [];
  const last = port + workers - 1;
  const remedy = 'Set media.port to the first of as many free ports as there are workers, or media.workers.';
  if (last > HIGHEST_PORT) return [failed(`media ports ${port} to ${last} go beyond ${HIGHEST_PORT}`, remedy)];
  if (listen.port < port || listen.port > last) return [];
  return [failed(`port ${listen.port} of listen is one of the media ports, ${port} to ${last}`, remedy)];
}

function encoderPortContradictions({ listen, media, ingest }: Config): Finding[] {
  const mediaPorts = Array.from({ length: media.port === 0 ? 0 : media.workers }, (_, slot) => media.port + slot);
  const taken = new Set([listen.port, ...mediaPorts]);
  return Object.entries(ingest).flatMap(([name, port]) => {
    if (port === undefined || port === 0) return [];
    const clashes = taken.has(port);
    taken.add(port);
    return clashes ? [failed(`ingest.${name}: port ${port} is another one's too`, 'Give each a port of its own.')] : [];
  });
}

function keyContradictions({ accessKeys }: Config): Finding[] {
  const ids = accessKeys.map(({ accessKeyId }) => accessKeyId);
  if (new Set(ids).size === ids.length) return [];
  return [failed('two access keys have the same accessKeyId', 'Give each of accessKeys an id of its own.')];
}

function tlsContradictions({ tls, publicUrl, listen }: Config): Finding[] {
  if (publicUrl?.startsWith('https:')) return [];
  if (tls && publicUrl) {
    return [warning('the server speaks https, and publicUrl is http', 'Let publicUrl begin with https.')];
  }
  const host = publicUrl === undefined ? listen.host : new URL(publicUrl).hostname;
  if (tls || isLoopback(host)) return [];
  return [
    warning(
      'clients on other machines come by http: browsers give such pages no camera and no microphone',
      'Set tls.certFile and tls.keyFile, or put a TLS proxy in front and set publicUrl to its https address.',
    ),
  ];
}

function testing({ testing: { enabled } }: Config): Finding[] {
  if (!enabled) return [];
  return [
    warning(
      'testing.enabled: every program on this machine can remove all data',
      'Take it out, unless this server is for test suites.',
    ),
  ];
}

/** As it stands in a URL. */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
