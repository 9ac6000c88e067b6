import { ChildProgram } from './child-program.ts';

/** A server that tells the process id of its child, and then is there until it is killed. */
const child = await ChildProgram.start({ entry: new URL('./obedient.fixture.ts', import.meta.url), name: 'child' });
process.send?.(child.pid);
