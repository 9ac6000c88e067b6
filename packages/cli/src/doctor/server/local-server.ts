import type { Config } from '@proscenium/server/configuring';
import type { ServerAddress } from '../../api/http-call.ts';
import { formatHost } from '../configuration.ts';

/** Where the server is found on its own machine. */
export function localServer({ listen, tls }: Config): ServerAddress {
  const { host, port } = listen;
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { url: new URL(`${tls === undefined ? 'http' : 'https'}://${formatHost(own)}:${port}`), direct: true };
}
