import type { Spread } from './distribution.ts';
import type { Failure } from './failures.ts';
import { bottlenecks, type GeneratorFigures } from './generator.ts';
import type { Ledger, Totals } from './ledger.ts';

/** What came of a test. Members without a value (nobody joined, nothing was measured) are null. */
export interface LoadReport {
  /** How long it measured: less than was wished for when it was interrupted. */
  readonly measuredSeconds: number;
  readonly interrupted: boolean;
  /** Joined: at the end of the test. */
  readonly publishers: { readonly wanted: number; readonly joined: number };
  readonly subscribers: { readonly wanted: number; readonly joined: number; readonly cameAgain: number };
  /** From the first call to a connection that carries media; a subscriber's last one when he has several. */
  readonly joinMs: { readonly publishers: Spread | null; readonly subscribers: Spread | null };
  /** From a subscriber's first call on, of each connection. */
  readonly firstPacketMs: Spread | null;
  readonly firstKeyFrameMs: Spread | null;
  /** From the moment at which a publisher made a picture to that at which its first packet was at a subscriber: a sample. */
  readonly latencyMs: Spread | null;
  readonly packets: {
    readonly sent: number;
    readonly received: number;
    /** Not received at first, and then after all. */
    readonly repaired: number;
    readonly lost: number;
    /** Of those that should have come. */
    readonly lossBeforeRepairPercent: number;
    readonly lossPercent: number;
    /** Opened with the keys of the connection, and those that did not fit them. */
    readonly opened: number;
    readonly notAuthentic: number;
    readonly streams: number;
  };
  /** Of media packets while it measured; a subscription is one publisher's picture and sound to one subscriber. */
  readonly bitrateBps: {
    readonly out: number | null;
    readonly in: number | null;
    readonly subscription: number | null;
  };
  readonly repair: {
    /** Packets that subscribers asked for. */
    readonly asked: number;
    /** Packets that publishers sent once more. */
    readonly repeated: number;
    readonly keyFrameRequests: number;
  };
  readonly failures: readonly Failure[];
  readonly disconnects: readonly Failure[];
  readonly generator: GeneratorFigures & {
    /** Why the figures are not to be relied upon. Empty when they are. */
    readonly bottlenecks: readonly string[];
  };
}

/** What a report is made of. */
export interface Outcome {
  readonly interrupted: boolean;
  readonly publishers: LoadReport['publishers'];
  readonly subscribers: LoadReport['subscribers'];
  readonly ledger: Ledger;
  /** At the end. */
  readonly totals: Totals;
  /** Undefined when it never came to measuring. */
  readonly measured: Window | undefined;
  readonly generator: Omit<GeneratorFigures, 'skippedPictures' | 'duePictures'>;
}

/** The time of measuring. */
export interface Window {
  readonly begin: Totals;
  readonly end: Totals;
  readonly elapsedMs: number;
}

export function writeReport(outcome: Outcome): LoadReport {
  const { interrupted, publishers, subscribers, ledger, totals, measured } = outcome;
  const { sent, received, repaired, lost, opened, notAuthentic, streams } = totals;
  const { asked, repeated, keyFrameRequests, skippedPictures, duePictures } = totals;
  const generator = { ...outcome.generator, skippedPictures, duePictures };
  return {
    measuredSeconds: round((measured?.elapsedMs ?? 0) / 1_000),
    interrupted,
    publishers,
    subscribers,
    joinMs: {
      publishers: ledger.joinMs.publishers.spread ?? null,
      subscribers: ledger.joinMs.subscribers.spread ?? null,
    },
    firstPacketMs: ledger.firstPacketMs.spread ?? null,
    firstKeyFrameMs: ledger.firstKeyFrameMs.spread ?? null,
    latencyMs: ledger.latencyMs.spread ?? null,
    packets: { sent, received, repaired, lost, ...losses(totals), opened, notAuthentic, streams },
    bitrateBps: measured ? bitrates(measured) : { out: null, in: null, subscription: null },
    repair: { asked, repeated, keyFrameRequests },
    failures: ledger.failures.list,
    disconnects: ledger.disconnects.list,
    generator: { ...generator, bottlenecks: bottlenecks(generator) },
  };
}

/** Of the packets that should have come. */
export function losses({ received, repaired, lost }: Pick<Totals, 'received' | 'repaired' | 'lost'>): {
  lossBeforeRepairPercent: number;
  lossPercent: number;
} {
  const expected = Math.max(1, received + repaired + lost);
  return {
    lossBeforeRepairPercent: round((100 * (repaired + lost)) / expected),
    lossPercent: round((100 * lost) / expected),
  };
}

export function bitrates({ begin, end, elapsedMs }: Window): LoadReport['bitrateBps'] {
  const receivedBits = 8 * (end.receivedBytes - begin.receivedBytes);
  const subscriptionMs = end.subscriptionMs - begin.subscriptionMs;
  return {
    out: elapsedMs > 0 ? Math.round((8_000 * (end.sentBytes - begin.sentBytes)) / elapsedMs) : null,
    in: elapsedMs > 0 ? Math.round((1_000 * receivedBits) / elapsedMs) : null,
    subscription: subscriptionMs > 0 ? Math.round((1_000 * receivedBits) / subscriptionMs) : null,
  };
}

/** To thousandths. */
function round(value: number): number {
  return Math.round(1_000 * value) / 1_000;
}
