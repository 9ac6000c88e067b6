import { openLog } from './log.ts';
import { stopOnSignals } from './stop.ts';

/** A process whose close() ends as its argument says. */
const closings: Record<string, () => Promise<void>> = {
  closes: async () => {},
  fails: async () => {
    throw new Error('the disk is full');
  },
  hangs: () => new Promise(() => {}),
};
const close = closings[process.argv[2] ?? ''] ?? assertNever();

const stop = stopOnSignals(close, openLog('info'));
setInterval(() => {}, 60_000);
if (process.argv[3] === 'by-itself') stop(3);
process.stdout.write('ready\n');

function assertNever(): never {
  throw new Error('no such closing');
}
