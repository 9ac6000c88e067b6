import { runChildProgram } from '../child-program/run-child-program.ts';

/** A program that dies of what it is asked, as one does whose native code is at fault. */
runChildProgram<'try', never>({
  onMessage: () => undefined,
  onQuestion: () => process.kill(process.pid, 'SIGSEGV'),
  onClose: () => undefined,
});
