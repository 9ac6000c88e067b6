import type { Identity } from '@proscenium/participant/connection';
import type { Ledger } from './ledger.ts';
import type { LoadPlan } from './plan.ts';

/** A participant who joins and leaves, maybe several times. What happens to him stands in the ledger. */
export interface Seat {
  /** Whether it is in the stage, as far as it knows. */
  readonly joined: boolean;
  /** Never rejects: a failure is written down. */
  join(): Promise<void>;
  /** Never rejects either. Waits for a join that is under way. */
  leave(): Promise<void>;
}

/** What all seats share. */
export interface SeatContext {
  readonly plan: LoadPlan;
  readonly identity: Identity;
  readonly ledger: Ledger;
  /** Aborted when nobody is to wait for anything any more. */
  readonly signal: AbortSignal;
}

/** The first packet of each tenth picture is opened, which tells how long it took. */
export const OPEN_EVERY_PICTURES = 10;
