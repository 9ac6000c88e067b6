import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Credentials } from '@proscenium/server/calling';
import { CommandFailure } from '../failure.ts';
import { readJson } from '../json/read-json.ts';
import type { Section } from './configuration-text.ts';
import { type Profile, setting } from './profile.ts';

const ADVICE =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or let AWS_SHARED_CREDENTIALS_FILE name the file `credentials` in the data folder of the server.';

/** What a profile may have in place of an access key, which only the AWS command line knows how to use. */
const elsewhere = ['role_arn', 'sso_session', 'sso_start_url', 'login_session', 'web_identity_token_file'];

/**
 * The credentials to sign with: those of the environment, unless a profile was chosen; else those of the profile, in the
 * credentials file, from its process or in the configuration file.
 *
 * @throws CommandFailure when there are none
 */
export async function findCredentials(profile: Profile, environment: NodeJS.ProcessEnv): Promise<Credentials> {
  const found =
    (profile.isChosen ? undefined : fromEnvironment(environment)) ??
    fromSection(profile.credentials, 'shared-credentials-file') ??
    (await fromProcess(
      setting(profile.settings, 'credential_process') ?? setting(profile.credentials, 'credential_process'),
    )) ??
    fromSection(profile.settings, 'config-file');
  if (found !== undefined) return found;
  const unknown = elsewhere.find((name) => profile.settings.has(name) || profile.credentials.has(name));
  if (unknown !== undefined) {
    throw new CommandFailure(
      'Configuration',
      `The profile (${profile.name}) gets its credentials by ${unknown}, which this command cannot. Let the AWS CLI do it: eval "$(aws configure export-credentials --profile ${profile.name} --format env)".`,
    );
  }
  throw new CommandFailure('NoCredentials', `Unable to locate credentials. ${ADVICE}`);
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_SECURITY_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID) return undefined;
  if (!AWS_SECRET_ACCESS_KEY) throw partial('env', 'AWS_SECRET_ACCESS_KEY');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || AWS_SECURITY_TOKEN || undefined,
  };
}

function fromSection(section: Section, method: string): Credentials | undefined {
  const accessKeyId = setting(section, 'aws_access_key_id');
  const secretAccessKey = setting(section, 'aws_secret_access_key');
  if (accessKeyId === undefined) return undefined;
  if (secretAccessKey === undefined) throw partial(method, 'aws_secret_access_key');
  return { accessKeyId, secretAccessKey, sessionToken: setting(section, 'aws_session_token') };
}

function partial(method: string, missing: string): CommandFailure {
  return new CommandFailure('General', `Partial credentials found in ${method}, missing: ${missing}`);
}

const PROCESS_TIMEOUT_MS = 60_000;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
async function fromProcess(command: string | undefined): Promise<Credentials | undefined> {
  if (command === undefined) return undefined;
  const [file = '', ...words] = splitWords(command);
  const { stdout } = await promisify(execFile)(file, words, { timeout: PROCESS_TIMEOUT_MS }).catch((error) => {
    const { stderr, message } = error as Error & { stderr?: string };
    throw processFailure(stderr?.trim() || message.split('\n')[0] || 'it failed');
  });
  const answer = readAnswer(stdout);
  const accessKeyId = answer.get('AccessKeyId');
  const secretAccessKey = answer.get('SecretAccessKey');
  const sessionToken = answer.get('SessionToken');
  if (answer.get('Version') !== 1) throw processFailure('unsupported version of its answer, only 1 is known');
  if (typeof accessKeyId !== 'string') throw processFailure('Missing required key in response: AccessKeyId');
  if (typeof secretAccessKey !== 'string') throw processFailure('Missing required key in response: SecretAccessKey');
  return { accessKeyId, secretAccessKey, sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined };
}

function readAnswer(stdout: string) {
  try {
    const answer = readJson(stdout.trim());
    if (answer instanceof Map) return answer;
  } catch {
    // What it printed may be a secret in part: nothing of it is shown.
  }
  throw processFailure('its answer is no JSON object');
}

function processFailure(what: string): CommandFailure {
  return new CommandFailure('General', `Error when retrieving credentials from custom-process: ${what}`);
}

/** Words as a shell splits them, with quotes and backslashes. */
function splitWords(command: string): string[] {
  const words = command.match(/(?:[^\s"'\\]|\\.|"(?:\\.|[^"\\])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_, double?: string, single?: string, escaped?: string) =>
      double === undefined ? (single ?? escaped ?? '') : double.replace(/\\(["\\$`])/g, '$1'),
    ),
  );
}
