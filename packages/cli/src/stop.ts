import type { Logger } from 'pino';

/** How long the server may take to close, so that the process is gone within 5 s of the signal. */
const closeTimeoutMs = 4_500;

/**
 * Ends the process on SIGINT and SIGTERM: with exit code 0 once `close` is done, with 1 where that fails or takes too
 * long. A second signal ends it at once.
 *
 * @returns does the same without a signal, with the exit code that it is given
 */
export function stopOnSignals(close: () => Promise<void>, logger: Logger): (exitCode: number) => void {
  let stopping = false;

  function stop(exitCode: number): void {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.fatal('the server does not close: ending the process');
      process.exit(1);
    }, closeTimeoutMs);
    close().then(
      () => process.exit(exitCode),
      (error) => {
        logger.fatal({ err: error }, 'the server did not close cleanly');
        process.exit(1);
      },
    );
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      logger.info({ signal }, 'stopping');
      stop(0);
    });
  }
  return stop;
}
