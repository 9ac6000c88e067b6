import type { LoadReport } from '@proscenium/load-test';

/** The names of the options that set them. */
export interface Threshold {
  readonly name:
    | 'max-failures'
    | 'max-loss'
    | 'max-join-ms-p99'
    | 'max-first-frame-ms-p50'
    | 'max-latency-ms-p99'
    | 'min-bitrate';
  readonly limit: number;
}

export interface Judged extends Threshold {
  /** Null when nothing was measured, which is never enough. */
  readonly actual: number | null;
  readonly passed: boolean;
}

export function judge(report: LoadReport, thresholds: readonly Threshold[]): Judged[] {
  return thresholds.map((threshold) => {
    const actual = FIGURE[threshold.name](report);
    const { limit } = threshold;
    const passed = actual !== null && (threshold.name.startsWith('min-') ? actual >= limit : actual <= limit);
    return { ...threshold, actual, passed };
  });
}

const FIGURE: Readonly<Record<Threshold['name'], (report: LoadReport) => number | null>> = {
  'max-failures': ({ failures, disconnects }) =>
    [...failures, ...disconnects].reduce((sum, { count }) => sum + count, 0),
  'max-loss': ({ packets }) => (packets.received > 0 ? packets.lossPercent : null),
  'max-join-ms-p99': ({ joinMs }) => greatest(joinMs.publishers?.p99, joinMs.subscribers?.p99),
  'max-first-frame-ms-p50': ({ firstKeyFrameMs }) => firstKeyFrameMs?.p50 ?? null,
  'max-latency-ms-p99': ({ latencyMs }) => latencyMs?.p99 ?? null,
  'min-bitrate': ({ bitrateBps }) => bitrateBps.subscription,
};

function greatest(...values: readonly (number | undefined)[]): number | null {
  const there = values.filter((value) => value !== undefined);
  return there.length > 0 ? Math.max(...there) : null;
}
