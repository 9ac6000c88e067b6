import { type Config, ConfigError, loadConfig, startServer } from '@proscenium/server';
import { pino } from 'pino';
import { jsonAnnouncement, textAnnouncement } from './announcement.ts';
import { stopOnSignals } from './stop.ts';

export type ServeOptions = { listen?: string; data?: string; config?: string; json: boolean };

/** Runs the server until a signal ends the process. Standard output has the announcement, standard error the log. */
export async function serve({ json, config: file, ...flags }: ServeOptions): Promise<void> {
  const config = readConfig(file, flags);
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  const starting = startServer(config, { logger });
  const stop = stopOnSignals(async () => (await starting).close(), logger);
  const server = await starting.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the server cannot start');
    process.exit(1);
  });
  process.stdout.write(json ? jsonAnnouncement(server) : textAnnouncement(server));

  logger.fatal({ err: await server.failed }, 'the server cannot go on');
  stop(1);
}

function readConfig(file: string | undefined, flags: Pick<ServeOptions, 'listen' | 'data'>): Config {
  try {
    return loadConfig({ file, environment: process.env, flags });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
