import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { residentMb } from '../../bench/support/programs.ts';
import { childrenOf } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { fitLine, meansOfStretches } from './linear-fit.ts';
import type { ReportedResources } from './report-resources.ts';

/** What the server and its children held at one time, by name. */
export type Sample = { readonly minutes: number; readonly figures: Readonly<Record<string, number>> };

export interface Growth {
  readonly name: string;
  readonly mean: number;
  /** Part of the mean, in ten minutes. */
  readonly perTenMinutes: number;
  readonly standardError: number;
  /** Beyond what is allowed, and beyond chance. */
  readonly grows: boolean;
}

const ALLOWED_PER_TEN_MINUTES = 0.01;
/** Of four minutes each in an hour's run: longer than what a load of the machine, or a stage, takes to pass. */
const STRETCHES = 10;
/** A slope within so many standard errors may be none. */
const CHANCE = 2;

/** Asks the process for its own view, and reads that of the system. */
export async function takeSample(serverPid: number, reportFile: string, minutes: number): Promise<Sample> {
  await rm(reportFile, { force: true });
  process.kill(serverPid, 'SIGWINCH');
  const reported = await until(
    () => readFile(reportFile, 'utf8').catch(() => ''),
    (text) => text.endsWith('}'),
  );
  const { timers, handles, heapBytes } = JSON.parse(reported) as ReportedResources;
  const children = [...(await childrenOf(serverPid)).keys()];
  return {
    minutes,
    figures: {
      'server: resident MB': residentMb(serverPid),
      'server: heap MB': heapBytes / 1e6,
      'server: descriptors': descriptors(serverPid),
      'server: timers': timers,
      'server: other handles': handles,
      'children: processes': children.length,
      'children: resident MB': children.reduce((sum, pid) => sum + residentMb(pid), 0),
      'children: descriptors': children.reduce((sum, pid) => sum + descriptors(pid), 0),
    },
  };
}

/** The growth of each figure by a straight line through the samples, ten at least. */
export function judgeGrowth(samples: readonly Sample[]): Growth[] {
  return Object.keys(samples[0]?.figures ?? {}).map((name) => {
    const points = samples.map(({ minutes, figures }) => ({ x: minutes / 10, y: figures[name] ?? Number.NaN }));
    const { slope, standardError, mean } = fitLine(meansOfStretches(points, STRETCHES));
    const excess = slope - ALLOWED_PER_TEN_MINUTES * mean;
    return {
      name,
      mean,
      perTenMinutes: slope / mean,
      standardError: standardError / mean,
      grows: excess > 0 && slope > CHANCE * standardError,
    };
  });
}

function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
