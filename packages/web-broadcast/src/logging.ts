import { reportUncaught } from './emitter.ts';

/** How much a stage tells its logger. */
export const LogLevels = {
  SILENT: 'silent',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
} as const;
export type LogLevels = (typeof LogLevels)[keyof typeof LogLevels];

/** Where log lines go; `console` fits. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Facts beside a message. Never a token, a session description or a whole URL. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const order: readonly LogLevels[] = ['silent', 'error', 'warn', 'info', 'debug'];

/**
 * A logger that passes on what the level lets through. Rubric: `error` what the application is told as an error,
 * `warn` what is retried or ignored, `info` one line per lifecycle transition, `debug` each message.
 */
export function createLogger(level: LogLevels, sink: Logger): Logger {
  const lets = (line: LogLevels) => order.indexOf(line) <= order.indexOf(level);
  const write = (line: Exclude<LogLevels, 'silent'>) => (message: string, fields?: LogFields) => {
    if (!lets(line)) return;
    try {
      sink[line](`stage: ${message}`, fields);
    } catch (error) {
      reportUncaught(error);
    }
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
