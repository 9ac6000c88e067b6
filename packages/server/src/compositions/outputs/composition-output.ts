import type { CompositionDestination, OutputReport } from '@proscenium/media';
import type { DestinationEnd } from '../composition-media.ts';

export type OutputSettings = CompositionDestination['output'];

/** How a destination stands, for those who know which. */
export type OutputState = { readonly state: 'ACTIVE' } | { readonly state: 'RECONNECTING' } | DestinationEnd;

export type TellState = (state: OutputState) => void;

/** One destination of a composition: what the composer makes for it, and what becomes of that. */
export interface CompositionOutput {
  /**
   * Gets ready for a composer; again for each one after the first, which goes on with what there is.
   *
   * @param tell called with every change of its state
   * @returns what the composer is to do; undefined when it has failed, which was told
   */
  open(tell: TellState): Promise<OutputSettings | undefined>;
  /** What the composer says of it. */
  takeReport(report: OutputReport): void;
  takeFile(path: string, options: { isFinal: boolean }): void;
  takeGone(path: string): void;
  takeDuration(durationMs: number): void;
  /** Nothing is composed for it any more, for a reason that is no fault of its own. */
  fail(cause: unknown): void;
}

/** An output that outlives its composer, and a server that is killed. */
export interface LastingOutput extends CompositionOutput {
  readonly compositionId: string;
  readonly destinationId: string;
  /**
   * Ends it for good and tells how, unless it has failed. Of a composition without a composer as well.
   *
   * @param tell called in place of the one that it had before
   * @param signal that nobody waits any more: the server's next start takes it up
   * @throws when `signal` says so
   */
  finish(tell: TellState, signal: AbortSignal): Promise<void>;
  /** Resolves when it has let go of what it does after its end. What it has not done is left to the next start. */
  close(): Promise<void>;
}
