import { runChildProgram } from '../child-program/run-child-program.ts';

/** The entry of a program that tries the codecs when it is asked to. */
runChildProgram<'try', never>({
  onMessage: () => undefined,
  async onQuestion() {
    // Not before: a codec library that does not load is an answer too.
    const { tryEachCodec } = await import('./try-each-codec.ts');
    await tryEachCodec();
  },
  onClose: () => undefined,
});
