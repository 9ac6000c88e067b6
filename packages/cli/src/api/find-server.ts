import path from 'node:path';
import { type Credentials, findCredentials, readCredentialsFile } from '@proscenium/server/calling';
import { type Config, loadConfig } from '@proscenium/server/configuring';
import { localServer } from '../doctor/server/local-server.ts';
import { CommandError } from '../terminal/end-command.ts';
import type { ServerAddress } from './http-call.ts';

/** Where a command finds the server, as its options say. */
export interface ServerOptions {
  endpoint?: URL;
  region?: string;
  config?: string;
  data?: string;
}

/** A server, and what to call it with. */
export interface FoundServer {
  readonly server: ServerAddress;
  readonly region: string;
  readonly credentials: Credentials;
}

const defaultRegion = 'us-west-2';

/**
 * The server of an endpoint, called with the credentials of the environment; without one that of this machine, called with an
 * access key of its configuration or its data folder.
 *
 * @throws {CommandError} when there is nothing to call it with
 */
export async function findServer(options: ServerOptions, environment: NodeJS.ProcessEnv): Promise<FoundServer> {
  const { endpoint, config: file, data } = options;
  const wished = options.region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined);
  const url = endpoint ?? (file === undefined && data === undefined ? environmentEndpoint(environment) : undefined);
  if (url !== undefined) {
    const credentials = await findCredentials(environment).catch((error: Error) => {
      throw new CommandError(error.message);
    });
    return { server: { url, direct: false }, region: wished ?? defaultRegion, credentials };
  }
  const config = loadConfig({ file, environment, flags: { data } });
  if (config.listen.port === 0) {
    throw new CommandError('The configuration names no port: say by --endpoint where the server is');
  }
  return { server: localServer(config), region: wished ?? config.region, credentials: await ownKey(config) };
}

function environmentEndpoint(environment: NodeJS.ProcessEnv): URL | undefined {
  const text = environment.AWS_ENDPOINT_URL_IVS_REALTIME || environment.AWS_ENDPOINT_URL;
  if (!text) return undefined;
  if (!URL.canParse(text)) throw new CommandError('AWS_ENDPOINT_URL is no URL');
  return new URL(text);
}

async function ownKey({ accessKeys, account, data }: Config): Promise<Credentials> {
  const configured = accessKeys.find((key) => key.account === account) ?? accessKeys[0];
  if (configured !== undefined) return configured;
  try {
    return await readCredentialsFile(path.join(data, 'credentials'));
  } catch (error) {
    throw new CommandError(
      `No access key: ${(error as Error).message}. Name the server's data folder by --data or --config, or its address by --endpoint`,
    );
  }
}
