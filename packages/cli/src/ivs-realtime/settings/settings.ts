import type { Service } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { type ErrorFormat, errorFormats, type OutputFormat, outputFormats } from '../options/global-options.ts';
import type { OptionValues } from '../options/option.ts';
import { resolveEndpoint } from './endpoint.ts';
import { type Profile, readProfile, setting } from './profile.ts';

export interface Settings {
  readonly profile: Profile;
  readonly region: string | undefined;
  readonly endpoint: URL;
  readonly signs: boolean;
  readonly output: OutputFormat;
  readonly timestamps: 'iso8601' | 'wire';
  /** Requests of a call, the first one included. */
  readonly attempts: number;
  /** Undefined waits for ever. */
  readonly readTimeoutMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly verifiesCertificates: boolean;
  /** File with the certificates of authorities to trust. */
  readonly authorities: string | undefined;
}

/** All that options, environment and files say of how to call and to print, in this order of their weight. */
export function readSettings(
  values: OptionValues,
  { environment, service }: { environment: NodeJS.ProcessEnv; service: Service },
): Settings {
  const option = (name: string) => values.get(name)?.[0];
  const profile = readProfile(option('profile'), environment);
  const ofProfile = (name: string) => setting(profile.settings, name);
  const region =
    option('region') || environment.AWS_REGION || environment.AWS_DEFAULT_REGION || ofProfile('region') || undefined;
  if (region !== undefined && !/^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/.test(region)) {
    throw new CommandFailure('General', `Provided region_name '${region}' doesn't match a supported format.`);
  }
  return {
    profile,
    region,
    endpoint: resolveEndpoint(option('endpoint-url'), profile, { environment, region, service }),
    signs: !values.has('no-sign-request'),
    output: outputFormat(option('output') ?? (environment.AWS_DEFAULT_OUTPUT || ofProfile('output'))),
    timestamps: timestampFormat(ofProfile('cli_timestamp_format')),
    attempts: attempts(environment, profile),
    readTimeoutMs: timeoutMs(option('cli-read-timeout')),
    connectTimeoutMs: timeoutMs(option('cli-connect-timeout')),
    verifiesCertificates: !values.has('no-verify-ssl'),
    authorities: option('ca-bundle') ?? (environment.AWS_CA_BUNDLE || ofProfile('ca_bundle')),
  };
}

function outputFormat(name = 'json'): OutputFormat {
  const format = outputFormats.find((each) => each === name);
  if (format === undefined) throw new CommandFailure('General', `Unknown output type: ${name}`);
  return format;
}

function timestampFormat(name = 'iso8601'): 'iso8601' | 'wire' {
  if (name === 'iso8601') return name;
  if (name === 'wire' || name === 'none') return 'wire';
  throw new CommandFailure(
    'General',
    `Unknown cli_timestamp_format value: ${name}, valid values are "wire" or "iso8601"`,
  );
}

const usualAttempts = { legacy: 5, standard: 3, adaptive: 3 };

function attempts(environment: NodeJS.ProcessEnv, { settings }: Profile): number {
  const mode = environment.AWS_RETRY_MODE || setting(settings, 'retry_mode') || 'standard';
  if (!Object.hasOwn(usualAttempts, mode)) {
    throw new CommandFailure(
      'General',
      `Invalid value provided to "mode": "${mode}" must be one of: "legacy", "standard", "adaptive"`,
    );
  }
  const most = environment.AWS_MAX_ATTEMPTS || setting(settings, 'max_attempts');
  if (most === undefined) return usualAttempts[mode as keyof typeof usualAttempts];
  if (!/^[1-9]\d{0,2}$/.test(most)) {
    throw new CommandFailure('General', `Invalid value for max_attempts: ${most}, it must be a whole number from 1 on`);
  }
  return Number(most);
}

const USUAL_TIMEOUT_SECONDS = 60;

function timeoutMs(seconds = String(USUAL_TIMEOUT_SECONDS)): number | undefined {
  return Number(seconds) > 0 ? Number(seconds) * 1_000 : undefined;
}

/** How errors are printed. It works however wrong everything else is. */
export function errorFormat(values: OptionValues, environment: NodeJS.ProcessEnv): ErrorFormat {
  const named =
    values.get('cli-error-format')?.[0] ?? (environment.AWS_CLI_ERROR_FORMAT || ofProfile(values, environment));
  return errorFormats.find((each) => each === named?.toLowerCase()) ?? 'enhanced';
}

function ofProfile(values: OptionValues, environment: NodeJS.ProcessEnv): string | undefined {
  try {
    return setting(readProfile(values.get('profile')?.[0], environment).settings, 'cli_error_format');
  } catch {
    // The profile is what is wrong, and reported as such.
    return undefined;
  }
}
