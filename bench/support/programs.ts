import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The core of what is measured. */
const measuredCore = 0;
/** The core of what measures: the same one on a machine that has no other. */
const loadCore = availableParallelism() - 1;

/** Whether programs can be kept on one core each. */
export const canPin = hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Keeps a process, with all its threads, on the core of what is measured. */
export function pinMeasured(pid: number): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(measuredCore), String(pid)], { stdio: 'ignore' });
}

/**
 * Starts a program of ours that talks by messages, on the core of what is measured or on that of what measures.
 *
 * @param enter what to run before it for it to be in another network
 */
export function startProgram(
  file: URL,
  where: 'measured' | 'load',
  args: readonly string[] = [],
  enter: readonly string[] = [],
): ChildProcess {
  const command = [...enter, process.execPath, file.pathname, ...args];
  const pinned = ['taskset', '-c', String(where === 'measured' ? measuredCore : loadCore), ...command];
  const [program = '', ...rest] = canPin ? pinned : command;
  return spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** @throws when the program ends before it says anything */
export async function nextMessage<Message>(program: ChildProcess): Promise<Message> {
  const waiting = new AbortController();
  const message = once(program, 'message', { signal: waiting.signal }).then(([value]) => value as Message);
  const end = once(program, 'exit', { signal: waiting.signal }).then(() => Promise.reject(new Error('It ended')));
  try {
    return await Promise.race([message, end]);
  } finally {
    waiting.abort();
    await Promise.allSettled([message, end]);
  }
}

const ticksPerSecond = 100;

/** CPU time that a process has used, all its threads together: proc_pid_stat(5). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/**
 * CPU time of the threads that a process has now, to the nanosecond where {@link cpuSeconds} counts in hundredths of a second:
 * for short times, of processes whose threads stay (first field of schedstat, Documentation/scheduler/sched-stats).
 */
export function threadCpuSeconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1e9;
  }, 0);
}

/** Memory of a process that is in RAM now: proc_pid_status(5). */
export function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_000;
}
