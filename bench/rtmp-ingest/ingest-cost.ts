import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../support/median.ts';
import { threadCpuSeconds } from '../support/programs.ts';
import type { IngestStages } from './stages.ts';

/** In cores. */
export interface IngestCost {
  /** Of the ingest program, with all its threads. */
  readonly program: number;
  /** Of the SFU's workers. */
  readonly workers: number;
}

/** Until what begins is over, and is not measured. */
export const SETTLE_MS = 4_000;

/** What encoders that send already cost, once they have settled. @throws when as many as that do not publish in the end */
export async function measureIngest(stages: IngestStages, publishers: number, seconds: number): Promise<IngestCost> {
  const used = () => ({
    program: threadCpuSeconds(stages.programPid),
    workers: stages.workerPids.reduce((sum, pid) => sum + threadCpuSeconds(pid), 0),
  });
  await wait(SETTLE_MS);
  const [before, startMs] = [used(), performance.now()];
  await wait(1_000 * seconds);
  const after = used();
  const elapsed = (performance.now() - startMs) / 1_000;
  if (stages.publishing !== publishers) throw new Error(`${stages.publishing} of ${publishers} publish`);
  return { program: (after.program - before.program) / elapsed, workers: (after.workers - before.workers) / elapsed };
}

/** Medians for each publisher, with ratios to the first row. @param rows what was measured, by what it is */
export function showCosts(rows: Readonly<Record<string, readonly IngestCost[]>>, publishers: number): void {
  const of = (costs: readonly IngestCost[], part: keyof IngestCost) =>
    median(costs.map((cost) => cost[part])) / publishers;
  const [reference = []] = Object.values(rows);
  console.table(
    Object.entries(rows).map(([what, costs]) => ({
      what,
      'ingest program, cores each': of(costs, 'program').toFixed(4),
      ratio: (of(costs, 'program') / of(reference, 'program')).toFixed(2),
      'SFU, cores each': of(costs, 'workers').toFixed(4),
      'its ratio': (of(costs, 'workers') / of(reference, 'workers')).toFixed(2),
    })),
  );
}
