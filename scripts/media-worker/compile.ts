import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** One run of the compiler. */
export type CompileJob = {
  /** What people know it by. */
  name: string;
  command: 'g++' | 'gcc';
  arguments: string[];
  source: string;
  object: string;
  /** Bigger ones start first, so that none is left over at the end. */
  sizeBytes: number;
  /** What to do instead when it does not compile. */
  otherwise?: CompileJob[];
};

/** Runs the jobs, `parallel` at a time, and tells the object files. Throws with the compiler's words. */
export async function compileAll(
  jobs: readonly CompileJob[],
  parallel: number,
  onCompiled: (job: CompileJob, done: number, total: number) => void,
): Promise<string[]> {
  const waiting = jobs.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const objects: string[] = [];
  let total = jobs.length;

  async function lane(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const complaint = await compile(job);
      if (complaint === undefined) {
        objects.push(job.object);
        onCompiled(job, objects.length, total);
      } else if (job.otherwise) {
        waiting.push(...job.otherwise);
        total += job.otherwise.length - 1;
      } else {
        waiting.length = 0;
        throw new Error(`${job.name} does not compile:\n${complaint}`);
      }
    }
  }

  const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return objects;
}

/** Undefined where it compiles, otherwise what the compiler says. */
async function compile({ command, arguments: options, source, object }: CompileJob): Promise<string | undefined> {
  const child = spawn(command, [...options, '-c', source, '-o', object], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], complaint] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  return code === 0 ? undefined : complaint;
}
