import { statfs } from 'node:fs/promises';
import type { Config } from '@proscenium/server/configuring';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { nearestExisting, tryWriting } from '../machine/data-folder.ts';
import { formatBytes } from '../machine/disk-space.ts';

type Objects = Config['objects'];
type S3Account = Extract<Objects, { store: 's3' }>['s3'];

const AMAZON = "Amazon's S3";
/** Of those about who asks: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const CREDENTIAL_FAULTS = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'InvalidClientTokenId',
  'AuthorizationHeaderMalformed',
]);
const LITTLE_BYTES = 1_024 ** 3;

/** Whether recordings have somewhere to go: the store itself, and the spool in front of it. */
export const objectStoreCheck: Check<'config'> = {
  id: 'object-store',
  title: 'Object store',
  needs: ['config'],
  timeoutMs: 30_000,
  async run({ config: { objects } }, signal) {
    const store = objects.store === 'folder' ? await lookAtFolder(objects.folder) : await ask(objects.s3, signal);
    return { findings: [store, await lookAtSpool(objects)] };
  },
};

/** What is to be made at the first start stays unmade. */
async function lookAtFolder(folder: string): Promise<Finding> {
  const found = await lookForRoom(folder);
  if ('fault' in found) {
    const remedy = 'Give the user that runs the server this folder, or name another one (objects.folder).';
    return failed(`${found.path} ${found.fault}`, remedy);
  }
  const { freeBytes, there } = found;
  const says = `${folder} ${there ? 'can be written to' : 'is made at the first start'}, ${formatBytes(freeBytes)} free`;
  if (freeBytes >= LITTLE_BYTES) return ok(says);
  return warning(
    says,
    'Make room: an hour of one participant takes about 1 GiB. Recordings stay until they are removed.',
  );
}

async function lookAtSpool({ spoolFolder, spoolBytes }: Objects): Promise<Finding> {
  const found = await lookForRoom(spoolFolder);
  if ('fault' in found) {
    const remedy = 'Give the user that runs the server this folder, which is in the data folder.';
    return failed(`${found.path} ${found.fault}`, remedy);
  }
  const free = `${formatBytes(found.freeBytes)} free for the spool at ${spoolFolder}`;
  const wanted = `it may take ${formatBytes(spoolBytes)}`;
  if (found.freeBytes >= spoolBytes) return ok(`${free}; ${wanted}`);
  return warning(`${free}, and ${wanted}`, 'Make room, or let it take less (objects.spoolBytes).');
}

type Room = { readonly freeBytes: number; readonly there: boolean } | { readonly path: string; readonly fault: string };

async function lookForRoom(folder: string): Promise<Room> {
  const existing = await nearestExisting(folder);
  if (!existing.stats.isDirectory()) return { path: existing.path, fault: 'is no folder' };
  const refusal = await tryWriting(existing.path);
  if (refusal !== undefined) return { path: existing.path, fault: `cannot be written to: ${refusal}` };
  const { bavail, bsize } = await statfs(existing.path);
  return { freeBytes: bavail * bsize, there: existing.path === folder };
}

async function ask(account: S3Account, signal: AbortSignal): Promise<Finding> {
  const where = account.endpoint ?? AMAZON;
  const { tryS3 } = await import('@proscenium/server/s3-trial');
  try {
    const answer = await tryS3(account, signal);
    return 'buckets' in answer
      ? ok(`${where} answers, and lists ${count(answer.buckets)}`)
      : judge(where, answer.refusal);
  } catch (error) {
    signal.throwIfAborted();
    const { name, code } = error as NodeJS.ErrnoException;
    if (name === 'CredentialsProviderError') {
      const remedy =
        'Set objects.s3.accessKeyId and objects.s3.secretAccessKey, or what AWS clients read of the environment.';
      return failed(`there are no credentials for ${where}`, remedy);
    }
    const { says, remedy } = explainTrouble(error);
    return failed(
      `${where}: ${code === undefined ? 'what answers is no S3' : says}`,
      code === undefined ? ENDPOINT : remedy,
    );
  }
}

const ENDPOINT = 'Correct objects.s3.endpoint: the address of the S3 API, not of a console.';

function judge(where: string, refusal: string): Finding {
  // Who records writes into buckets, and need not be allowed to list them.
  if (refusal === 'AccessDenied')
    return ok(`${where} answers, and lists no buckets for these credentials (AccessDenied)`);
  if (CREDENTIAL_FAULTS.has(refusal)) {
    return failed(
      `${where} does not take the credentials: ${refusal}`,
      'Correct objects.s3.accessKeyId, objects.s3.secretAccessKey and objects.s3.region.',
    );
  }
  if (refusal === 'RequestTimeTooSkewed') {
    return failed(`${where} has another time than this machine`, 'Set the clock right (chrony, systemd-timesyncd).');
  }
  return failed(`${where} answers ${refusal}`, ENDPOINT);
}

function count(buckets: number): string {
  return buckets === 1 ? '1 bucket' : `${buckets} buckets`;
}
