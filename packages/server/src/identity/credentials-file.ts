import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RandomBytes } from '@proscenium/model';
import type { AccessKey } from './access-keys.ts';
import { createAccessKeyId, createSecretAccessKey } from './new-access-key.ts';
import { readProfile } from './profile.ts';

const profile = 'default';
const ownerOnly = 0o600;

/**
 * The access key in a shared credentials file, profile `default`, the form that every AWS SDK and CLI reads:
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 * A file that is not there is made with a new random key. Either way only its owner can read it afterwards.
 *
 * @throws Error when the file cannot be read or made, or has no complete profile
 */
export async function createCredentialsFile(
  file: string,
  options: { account: string; userName: string; random?: RandomBytes },
): Promise<AccessKey> {
  const { account, userName, random = randomBytes } = options;
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true });
    await createOnce(file, formatCredentials(createAccessKeyId(random), createSecretAccessKey(random)), random);
  }
  await closeToOthers(file);
  return { ...(await readCredentialsFile(file)), account, userName };
}

/**
 * The access key that such a file holds.
 *
 * @throws Error when the file cannot be read, or has no complete profile
 */
export async function readCredentialsFile(file: string): Promise<Pick<AccessKey, 'accessKeyId' | 'secretAccessKey'>> {
  return parseCredentials(await readFile(file, 'utf8'), file);
}

/** Complete or not there at all, and never in place of another one: also with a crash or a second server in between. */
async function createOnce(file: string, text: string, random: RandomBytes): Promise<void> {
  const draft = `${file}.${Buffer.from(random(6)).toString('hex')}`;
  const handle = await open(draft, 'wx', ownerOnly);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (!isFileExists(error)) throw error;
  } finally {
    await handle.close();
    await rm(draft);
  }
}

async function closeToOthers(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) await chmod(file, ownerOnly);
}

function isFileExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function formatCredentials(accessKeyId: string, secretAccessKey: string): string {
  return `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

function parseCredentials(text: string, file: string): Pick<AccessKey, 'accessKeyId' | 'secretAccessKey'> {
  const settings = readProfile(text, profile);
  const accessKeyId = settings.get('aws_access_key_id');
  const secretAccessKey = settings.get('aws_secret_access_key');
  if (!accessKeyId || !secretAccessKey) {
    throw new Error(`${file}: profile [${profile}] needs aws_access_key_id and aws_secret_access_key`);
  }
  return { accessKeyId, secretAccessKey };
}
