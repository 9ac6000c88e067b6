import { runChildProgram } from './run-child-program.ts';

/** A child program that does what it is told, and tells when it is asked to end. */
type Order = 'echo' | 'fill' | 'ask' | 'refuse' | 'hang' | 'flood';

const [, , behaviour] = process.argv;
if (behaviour === 'crash') process.exit(3);
if (behaviour === 'never') setInterval(() => undefined, 1_000);
else {
  const parent = runChildProgram<Order, string>({
    async onMessage(order) {
      if (order === 'echo') parent.send('echo');
      if (order === 'ask') parent.send(await parent.ask<string>('who are you?'));
      if (order === 'flood') process.stderr.write(`${'x'.repeat(10_000)}\n`.repeat(1_000), () => process.exit(1));
      if (order === 'hang') for (;;);
    },
    onQuestion(order) {
      if (order === 'refuse') throw new Error('I do not know');
      return order === 'fill' ? Buffer.alloc(3, 1) : process.env;
    },
    onClose() {
      if (behaviour === 'stubborn') return new Promise(() => undefined);
      parent.send('closing');
    },
  });
}
