import { startProgram } from './media-worker.ts';

export interface WorkerTrial {
  /** Of the library that the worker obeys. */
  readonly version: string;
  /** From the wish to the first answer. */
  readonly startMs: number;
}

/**
 * Starts the worker's program, has it answer, and ends it.
 *
 * @param workerPath undefined takes the one that came with the library
 * @throws {WorkerStartError} or what the library says of a program that does not understand it
 */
export async function tryMediaWorker(workerPath: string | undefined): Promise<WorkerTrial> {
  const { version } = await import('#mediasoup');
  const beginMs = performance.now();
  const worker = await startProgram(workerPath);
  try {
    await worker.dump();
    return { version, startMs: performance.now() - beginMs };
  } finally {
    worker.close();
  }
}
