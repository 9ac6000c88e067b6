import { readFile } from 'node:fs/promises';
import type { MediaWorker } from './media-worker.ts';

/** What a worker process does and takes. */
export interface WorkerReading {
  /** Its place among the workers; the one that takes the place of a dead one has the same. */
  readonly slot: number;
  readonly pid: number;
  /** Since the process began; undefined when it does not say. */
  readonly cpuSeconds: number | undefined;
  /** In RAM now; undefined where the system does not say. */
  readonly residentBytes: number | undefined;
  /** Consumers that it carries or is about to. */
  readonly consumers: number;
  /** Stages whose origin is on it. */
  readonly stages: number;
}

export async function readWorker(slot: number, { worker, load, stages }: MediaWorker): Promise<WorkerReading> {
  const { pid } = worker;
  const [usage, residentBytes] = await Promise.all([
    worker.getResourceUsage().catch(() => undefined), // it has ended: its pool is told
    readResidentBytes(pid),
  ]);
  const cpuSeconds = usage && (usage.ru_utime + usage.ru_stime) / 1_000;
  return { slot, pid, cpuSeconds, residentBytes, consumers: load.consumers, stages };
}

/** proc_pid_status(5), which Linux alone has. */
async function readResidentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}
