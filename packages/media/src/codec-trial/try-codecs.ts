import { ChildProgram, entryBeside } from '../child-program/child-program.ts';

export interface CodecTrial {
  /** Until the program said that it is there. */
  readonly startMs: number;
  /** Loading the library, and sound and a picture there and back. */
  readonly workMs: number;
}

const ANSWER_TIMEOUT_MS = 20_000;

/**
 * Loads the codec library in a child program, as recorders and the ingest program do, and has it encode and decode a moment of
 * sound and a picture.
 *
 * @param entry of the program
 * @throws when the library does not load, does not do what it is asked, or takes its program down
 */
export async function tryCodecs(entry = entryBeside(import.meta.url, 'codec-trial-program')): Promise<CodecTrial> {
  const beginMs = performance.now();
  const program = await ChildProgram.start<'try', never>({ entry, name: 'codec child' });
  const startMs = performance.now() - beginMs;
  try {
    await program.ask('try', ANSWER_TIMEOUT_MS);
    return { startMs, workMs: performance.now() - beginMs - startMs };
  } finally {
    await program.close();
  }
}
