import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';

export type DetailType =
  | 'IVS Composition State Change'
  | 'IVS Participant Recording State Change'
  | 'IVS Stage Update'
  | 'IVS Stream Health Change'
  | 'IVS Stream State Change'
  /** Of this project, and told only where it is asked for, like the next. */
  | 'Proscenium Stage Activity'
  | 'Proscenium Participant Update';

/**
 * What the service tells the world by an event.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html
 */
export interface ServiceEvent {
  /** Whose resource it is. */
  readonly scope: Scope;
  readonly detailType: DetailType;
  /** The one ARN in `resources`: the composition for its state changes, the channel for its streams, the stage for everything else. */
  readonly resourceArn: string;
  readonly time: Date;
  /** With names in snake_case, as they go out. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where the events of state changes are written down, to be delivered later. */
export interface EventLog {
  /** Part of the transaction that makes the change: both become durable, or neither. */
  record(trx: Database, ...events: ServiceEvent[]): Promise<void>;
}
