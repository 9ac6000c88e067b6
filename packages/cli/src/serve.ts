import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, ConfigError, loadConfig, startServer } from '@proscenium/server';
import { jsonAnnouncement, textAnnouncement } from './announcement.ts';
import { openLog } from './log.ts';
import { stopOnSignals } from './stop.ts';

export type ServeOptions = {
  listen?: string;
  data?: string;
  config?: string;
  json: boolean;
  testing: boolean;
  untilStdinEnds: boolean;
};

/** Runs the server until a signal ends the process, or it is drained. Standard output has the announcement, standard error the log. */
export async function serve({
  json,
  config: file,
  listen,
  data,
  testing,
  untilStdinEnds,
}: ServeOptions): Promise<void> {
  const config = readConfig(file, {
    listen,
    data: testing && data === undefined ? createPassingFolder() : data,
    testing: testing ? { enabled: true } : undefined,
  });
  const logger = openLog(config.logLevel);
  const starting = startServer(config, { logger });
  process.on('SIGUSR2', () => {
    starting.then(
      (server) => server.drain('SIGUSR2'),
      () => undefined, // it cannot start, which is told below
    );
  });
  const stop = stopOnSignals(async () => (await starting).close(), logger);
  if (untilStdinEnds) {
    process.stdin.once('close', () => {
      logger.info('standard input has ended: stopping');
      stop(0);
    });
    process.stdin.resume();
  }
  const server = await starting.catch((error: unknown) => {
    if (error instanceof ConfigError) refuse(error);
    logger.fatal({ err: error }, 'the server cannot start');
    process.exit(1);
  });
  process.stdout.write(json ? jsonAnnouncement(server) : textAnnouncement(server));

  server.drained.then(
    () => stop(0),
    (error: unknown) => {
      logger.fatal({ err: error }, 'the server was not drained cleanly');
      stop(1);
    },
  );
  logger.fatal({ err: await server.failed }, 'the server cannot go on');
  stop(1);
}

/** A folder that goes with this process. */
function createPassingFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-testing-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function readConfig(file: string | undefined, flags: Parameters<typeof loadConfig>[0]['flags']): Config {
  try {
    return loadConfig({ file, environment: process.env, flags });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse(error);
  }
}

function refuse({ message }: ConfigError): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
