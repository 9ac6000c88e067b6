import { type NetworkQuality, networkQuality } from './network-quality.ts';

/** What is known of one RTP stream, counted since it began. */
export interface StreamTotals {
  /** When the loss was counted: at the receiving end. Undefined while that has not told anything. */
  readonly countedAtMs: number | undefined;
  /** Sent, as far as the counting end may know. */
  readonly packets: number;
  readonly packetsLost: number;
  readonly roundTripTimeSeconds: number | undefined;
}

interface Judgement {
  readonly countedAtMs: number;
  readonly packets: number;
  readonly packetsLost: number;
  readonly quality: NetworkQuality;
}

/** Fewer packets than those of a second say little: calls that follow closer get the earlier judgement. */
const SHORTEST_WINDOW_MS = 1_000;

/** Judges each RTP stream of a sender or receiver by what has happened since it was judged before. */
export class QualityWindows {
  readonly #judgements = new Map<string, Judgement>();

  /**
   * @param id of the RTP stream
   * @param totals undefined when nothing gets through
   */
  judge(id: string, totals: StreamTotals | undefined): NetworkQuality {
    if (!totals) return networkQuality(undefined);
    const { countedAtMs, packets, packetsLost, roundTripTimeSeconds } = totals;
    if (countedAtMs === undefined) return networkQuality({ lossRatio: 0, roundTripTimeSeconds });
    const before = this.#judgements.get(id);
    if (before && countedAtMs - before.countedAtMs < SHORTEST_WINDOW_MS) return before.quality;
    const lossRatio = ratio(packetsLost - (before?.packetsLost ?? 0), packets - (before?.packets ?? 0));
    const quality = networkQuality({ lossRatio, roundTripTimeSeconds });
    this.#judgements.set(id, { countedAtMs, packets, packetsLost, quality });
    return quality;
  }
}

/** Duplicates make the count of lost packets fall (RFC 3550 §6.4.1). */
function ratio(lost: number, packets: number): number {
  return packets > 0 ? Math.min(1, Math.max(0, lost / packets)) : 0;
}
