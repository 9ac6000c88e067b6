import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../support/installation.ts';

/** Where pages suppose the server to be. */
export const address = '127.0.0.1:7080';

/**
 * What the programs of a reader find in their environment: nothing of this machine's settings, and those of the
 * server's first access key.
 *
 * @param work where there is room for a home and for files that pass
 */
export async function readerEnvironment({
  work,
  credentialsFile,
}: {
  work: string;
  credentialsFile: string;
}): Promise<NodeJS.ProcessEnv> {
  const home = path.join(work, 'home');
  const temporary = path.join(work, 'tmp');
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true });
  const credentials = await readFile(credentialsFile, 'utf8');
  const [, id] = /^aws_access_key_id *= *(\S+)$/m.exec(credentials) ?? [];
  const [, secret] = /^aws_secret_access_key *= *(\S+)$/m.exec(credentials) ?? [];
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|PROSCENIUM|NODE_TEST)_/.test(name));
  const programs = ['node_modules/.proscenium/bin', 'node_modules/.bin'].map((folder) => path.join(root, folder));
  return {
    ...Object.fromEntries(own),
    PATH: [...programs, process.env.PATH].join(path.delimiter),
    HOME: home,
    TMPDIR: temporary,
    LC_ALL: 'C.UTF-8',
    // Many of these programs are ours, and start often.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(root, 'node_modules/.cache/node'),
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: 'us-west-2',
    AWS_DEFAULT_REGION: 'us-west-2',
    AWS_ENDPOINT_URL: `http://${address}`,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}
