import { IngestServer, type IngestTls } from '@proscenium/media';
import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { EncoderEndpoints } from '../stages/endpoints.ts';
import type { Certificate } from '../tls/certificate.ts';
import { type KeyPair, readKeyPair } from '../tls/key-pair.ts';
import { keepLocalCertificate } from '../tls/local-certificate.ts';
import type { EncoderDoor } from './encoder-door.ts';

export interface IngestParts {
  readonly service: Pick<EncoderDoor, 'admit' | 'close'>;
  /** Of the server; undefined: it has none. */
  readonly certificate: Certificate | undefined;
  /** As encoders reach the server: a name or an address, IPv6 in brackets. */
  readonly hostName: string;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Called when the program that holds the connections has died. */
  readonly onDeath: () => void;
}

export interface RunningIngest {
  readonly endpoints: EncoderEndpoints;
  /** Ends all streams. Resolves when that is written down. */
  close(): Promise<void>;
}

/**
 * Waits for encoders, where the configuration has them waited for. A machine on which the program for them does not run
 * serves everybody else.
 *
 * @throws ConfigError when a port cannot be taken
 */
export async function startIngest(
  config: Pick<Config, 'listen' | 'ingest' | 'data'>,
  parts: IngestParts,
): Promise<RunningIngest> {
  const { service, logger, onDeath } = parts;
  const { rtmpPort, rtmpsPort } = config.ingest;
  const server = rtmpPort === undefined && rtmpsPort === undefined ? undefined : await startServer(config, parts);
  server?.on('died', (error) => {
    onDeath();
    logger.error({ err: error }, 'the program for encoders died, and they lost their connections');
  });
  server?.on('restarted', () => logger.info('encoders can connect again'));
  server?.on('failed', (error) => logger.error({ err: error }, 'encoders could not be served'));
  const renew = (pair: KeyPair) => server?.useCertificate(tlsOf(pair));
  parts.certificate?.on('changed', renew);
  return {
    endpoints: server ? endpointsOf(server, parts) : {},
    async close() {
      parts.certificate?.off('changed', renew);
      await server?.close();
      await service.close();
    },
  };
}

/** @returns undefined where the program does not run */
async function startServer(
  config: Pick<Config, 'listen' | 'ingest' | 'data'>,
  parts: IngestParts,
): Promise<IngestServer | undefined> {
  const { service, certificate, logger } = parts;
  const { rtmpPort, rtmpsPort } = config.ingest;
  const pair = rtmpsPort === undefined ? undefined : (certificate?.pair ?? (await localPair(config.data, parts)));
  try {
    return await IngestServer.start({
      host: config.listen.host,
      rtmpPort,
      rtmpsPort,
      tls: pair && tlsOf(pair),
      authorize: (connection) => service.admit(connection),
      onLog: (line) => logger.warn({ line }, 'the program for encoders says'),
    });
  } catch (error) {
    const { message } = error as Error;
    if (/\b(EADDR|EACCES)/.test(message)) throw new ConfigError(`ingest: ${message}`);
    logger.error({ err: error }, 'encoders cannot be served');
    return undefined;
  }
}

async function localPair(folder: string, { hostName, clock, logger }: IngestParts): Promise<KeyPair> {
  const host = hostName.replace(/^\[(.*)\]$/, '$1');
  const files = await keepLocalCertificate(folder, [host, 'localhost', '127.0.0.1', '::1'], clock);
  const { certFile } = files;
  logger.warn(
    { certFile },
    'RTMPS has a certificate that the server made itself: set `tls` for one that encoders trust',
  );
  return readKeyPair(files);
}

function tlsOf({ cert, key }: KeyPair): IngestTls {
  return { certificate: cert, key };
}

function endpointsOf({ ports: { RTMP, RTMPS } }: IngestServer, { hostName }: IngestParts): EncoderEndpoints {
  return {
    ...(RTMP !== undefined && { rtmp: `rtmp://${hostName}:${RTMP}/app/` }),
    ...(RTMPS !== undefined && { rtmps: `rtmps://${hostName}:${RTMPS}/app/` }),
  };
}
