import type { Spread } from './distribution.ts';
import type { LoadReport } from './report.ts';

/** How a test goes, from one look to the next. */
export interface LoadSample {
  readonly phase: 'joining' | 'measuring' | 'leaving';
  /** Of the phase. */
  readonly elapsedMs: number;
  readonly publishers: { readonly wanted: number; readonly joined: number };
  readonly subscribers: { readonly wanted: number; readonly joined: number };
  /** Since the last look, as {@link latencyMs}. */
  readonly bitrateBps: LoadReport['bitrateBps'];
  readonly latencyMs: Spread | null;
  /** Since the beginning, as all that follows. */
  readonly lossBeforeRepairPercent: number;
  readonly lossPercent: number;
  /** Packets that subscribers asked for. */
  readonly asked: number;
  readonly failures: number;
  readonly disconnects: number;
  /** Of the generator, in percent of one core. */
  readonly cpuPercent: number;
}
