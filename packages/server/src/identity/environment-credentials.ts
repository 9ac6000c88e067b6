import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { readProfile } from './profile.ts';
import type { Credentials } from './sign-request.ts';

/**
 * The credentials that the environment brings, as AWS command lines find them: `AWS_ACCESS_KEY_ID` and what belongs to it, else
 * a profile of the shared credentials file.
 *
 * @throws when there are none, saying what to set
 */
export async function findCredentials(environment: NodeJS.ProcessEnv): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return credentials(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN);
  }
  const file = environment.AWS_SHARED_CREDENTIALS_FILE || path.join(homedir(), '.aws/credentials');
  const profile = environment.AWS_PROFILE || 'default';
  const settings = readProfile(await readFile(file, 'utf8').catch((cause) => missing(file, profile, cause)), profile);
  const accessKeyId = settings.get('aws_access_key_id');
  const secretAccessKey = settings.get('aws_secret_access_key');
  if (!accessKeyId || !secretAccessKey) return missing(file, profile);
  return credentials(accessKeyId, secretAccessKey, settings.get('aws_session_token'));
}

function credentials(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): Credentials {
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
}

function missing(file: string, profile: string, cause?: unknown): never {
  const advice = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE';
  throw new Error(`No credentials: ${file} has no access key in profile [${profile}]; ${advice}`, { cause });
}
