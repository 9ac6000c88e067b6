import type { Service } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { type Profile, setting } from './profile.ts';

/**
 * Where the service is: as the option, the environment or the files say, each for this service before all services; else at
 * Amazon's.
 *
 * @throws CommandFailure when it is no address
 */
export function resolveEndpoint(
  option: string | undefined,
  profile: Profile,
  { environment, region, service }: { environment: NodeJS.ProcessEnv; region: string | undefined; service: Service },
): URL {
  if (option !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(option)) {
    throw new CommandFailure(
      'ParamValidation',
      `Bad value for --endpoint-url "${option}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`,
    );
  }
  const address = option ?? configured(profile, environment, service) ?? amazons(region, service);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new CommandFailure('General', `Invalid endpoint: ${address}`);
  }
  return url;
}

function configured(profile: Profile, environment: NodeJS.ProcessEnv, service: Service): string | undefined {
  const ignores =
    environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? setting(profile.settings, 'ignore_configured_endpoint_urls');
  if (ignores?.toLowerCase() === 'true') return undefined;
  const name = service.replace('-', '_');
  const ofService = profile.services.get(name);
  return (
    environment[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] ||
    environment.AWS_ENDPOINT_URL ||
    (ofService instanceof Map ? ofService.get('endpoint_url') : undefined) ||
    setting(profile.settings, 'endpoint_url')
  );
}

function amazons(region: string | undefined, service: Service): string {
  if (region === undefined) throw noRegion();
  return `https://${service.replace('-', '')}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

export function noRegion(): CommandFailure {
  return new CommandFailure('NoRegion', 'You must specify a region. Set AWS_REGION, or give --region.');
}
