import { type Logger, pino } from 'pino';

/**
 * A log on standard error.
 *
 * Each line is written at once. What is kept for later has to be written when the process exits, and then the library would
 * try without end where nobody reads any more.
 */
export function openLog(level: string): Logger {
  return pino({ level }, pino.destination({ dest: 2, sync: true }));
}
