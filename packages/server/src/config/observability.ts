import type { CloudWatchSettings } from '../metrics/cloud-watch/cloud-watch-publisher.ts';
import type { TraceEndpoint } from '../tracing/span-exporter.ts';
import { resolveCredentials } from './aws-credentials.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './settings.ts';

/** The names that CloudWatch keeps for AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const RESERVED_NAMESPACE = /^AWS\//;

/** Where metrics are put; undefined: nowhere. @param region of the server */
export function resolveCloudWatch(
  { endpoint, region: ownRegion, namespace, intervalSeconds, ...keys }: Settings['metrics']['cloudWatch'],
  { region, environment }: { region: string; environment: Environment },
): CloudWatchSettings | undefined {
  if (endpoint === undefined) return undefined;
  const fault = (option: string, says: string) => new ConfigError(`metrics.cloudWatch.${option}: ${says}`);
  const url = URL.parse(endpoint);
  if (url === null) throw fault('endpoint', 'must be a web address');
  if (/\.amazonaws\.com(\.cn)?$/.test(url.hostname) && RESERVED_NAMESPACE.test(namespace)) {
    throw fault('namespace', "Amazon's own CloudWatch takes none that begins with AWS/: set another one");
  }
  const credentials = resolveCredentials(keys, environment, fault);
  return { endpoint, region: ownRegion ?? region, namespace, intervalSeconds, credentials };
}

/**
 * Where traces are sent; undefined: nowhere. Beside the settings, the variables that OpenTelemetry names:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function resolveTracing({ endpoint }: Settings['tracing'], environment: Environment): TraceEndpoint | undefined {
  const {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: forTraces,
    OTEL_EXPORTER_OTLP_ENDPOINT: forAll,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS,
    OTEL_EXPORTER_OTLP_HEADERS,
    OTEL_SERVICE_NAME,
    OTEL_SDK_DISABLED,
  } = environment;
  const base = endpoint ?? (forTraces ? undefined : forAll || undefined);
  const address = base === undefined ? forTraces || undefined : `${base.replace(/\/$/, '')}/v1/traces`;
  if (address === undefined || OTEL_SDK_DISABLED === 'true') return undefined;
  const name = endpoint === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'tracing.endpoint';
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw new ConfigError(`${name}: must be a web address`);
  return {
    url: address,
    headers: readHeaders(OTEL_EXPORTER_OTLP_TRACES_HEADERS || OTEL_EXPORTER_OTLP_HEADERS || ''),
    serviceName: OTEL_SERVICE_NAME || 'proscenium',
  };
}

/** `api-key=secret,other=a%20value`; whatever is of another form is left out, as it may be a secret. */
function readHeaders(text: string): Record<string, string> {
  const headers = text.split(',').flatMap((part): [string, string][] => {
    const [, name, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return [];
    try {
      return [[name.toLowerCase(), decodeURIComponent(value)]];
    } catch {
      return [[name.toLowerCase(), value]]; // it is not encoded
    }
  });
  return Object.fromEntries(headers);
}
