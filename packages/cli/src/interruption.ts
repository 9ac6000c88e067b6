/** A wish to end, which lets everything be put in order. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Of a process that was interrupted; undefined while it was not. */
  readonly exitStatus: number | undefined;
  /** What a second signal, which ends the process at once, leaves behind. */
  leavesBehind: string | undefined;
}

/** 128 and the number of the signal, as shells have it. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Takes the first SIGINT or SIGTERM for a wish, the second one for an order. A fault of this program is a wish, too.
 *
 * @param saying what is done for it
 */
export function interruptOnSignals(saying: string): Interruption {
  const controller = new AbortController();
  const interruption = {
    signal: controller.signal,
    exitStatus: undefined as number | undefined,
    leavesBehind: undefined as string | undefined,
  };
  const endAtOnce = (exitStatus: number) => {
    if (interruption.leavesBehind) process.stderr.write(`Left behind: ${interruption.leavesBehind}\n`);
    process.exit(exitStatus);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) endAtOnce(EXIT_STATUS[signal]);
      interruption.exitStatus = EXIT_STATUS[signal];
      controller.abort();
      process.stderr.write(`${saying}; a second signal ends this at once\n`);
    });
  }
  process.on('uncaughtException', (error) => {
    if (controller.signal.aborted) endAtOnce(1);
    interruption.exitStatus = 1;
    controller.abort();
    process.stderr.write(`${error.stack ?? error}\n`);
  });
  return interruption;
}
