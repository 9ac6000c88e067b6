import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Credentials, findCredentials, readCredentialsFile } from '@proscenium/server/calling';
import type { Config } from '@proscenium/server/configuring';
import { ApiClient } from '../../api/api-client.ts';
import { type Check, failed, ok, type Result, skipped } from '../check.ts';

/** With which access key the doctor calls the API: one of the server's own on its machine, else that of the environment. */
export function accessKeyCheck(environment: NodeJS.ProcessEnv): Check<'server'> {
  return {
    id: 'access-key',
    title: 'Access key',
    needs: ['server'],
    learns: ['api'],
    timeoutMs: 5_000,
    async run({ config }) {
      // What the environment has there may be for AWS, where the server sends events.
      if (config) return ownKey(config);
      const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-west-2';
      try {
        const key = await findCredentials(environment);
        return learn(key, region, `${key.accessKeyId}, of the environment`);
      } catch (error) {
        return { findings: [skipped(`${(error as Error).message}, to check stages and media too`)] };
      }
    },
  };
}

/** One of those that the server knows: configured, or made at its first start. */
async function ownKey({ accessKeys, accounts, account, data, region }: Config): Promise<Result> {
  const active = accessKeys.filter(
    (key) => !accounts.some(({ id, state }) => id === key.account && state !== 'ACTIVE'),
  );
  const configured = active.find((key) => key.account === account) ?? active[0];
  if (configured) return learn(configured, region, `${configured.accessKeyId}, of the configuration`);
  if (accessKeys.length > 0) return { findings: [skipped('no configured access key is of an active account')] };
  const file = path.join(data, 'credentials');
  if (!existsSync(file)) {
    const remedy = 'The server makes it when it starts: see that both use the same data folder (data, --data).';
    return { findings: [failed(`no access key is configured, and ${file} is not there`, remedy)] };
  }
  try {
    const key = await readCredentialsFile(file);
    return learn(key, region, `${key.accessKeyId}, of ${file}`);
  } catch (error) {
    const remedy = 'Run the doctor as the user that runs the server; where the file is broken, remove it and restart.';
    return { findings: [failed((error as Error).message, remedy)] };
  }
}

function learn(credentials: Credentials, region: string, which: string): Result {
  return { findings: [ok(which)], learned: { api: new ApiClient(credentials, region) } };
}
