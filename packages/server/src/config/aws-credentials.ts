import type { Credentials } from '../identity/sign-request.ts';
import type { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';

type CredentialOption = 'accessKeyId' | 'secretAccessKey';

/**
 * Those of the settings, or those that AWS clients find in the environment.
 *
 * @param fault what is to be thrown when an option is wrong
 */
export function resolveCredentials(
  { accessKeyId, secretAccessKey }: Partial<Record<CredentialOption, string>>,
  environment: Environment,
  fault: (option: CredentialOption, says: string) => ConfigError,
): Credentials {
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  if (accessKeyId !== undefined) throw fault('secretAccessKey', 'is missing');
  if (secretAccessKey !== undefined) throw fault('accessKeyId', 'is missing');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw fault('accessKeyId', 'is missing, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set either');
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  };
}
