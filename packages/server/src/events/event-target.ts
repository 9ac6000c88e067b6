/** An event as a target gets to see it. */
export interface OutgoingEvent {
  /** A UUID, the same at each attempt. */
  readonly id: string;
  /** What it is about; the events of one resource go out one after the other. */
  readonly resourceArn: string;
  /** The envelope. */
  readonly json: string;
}

/**
 * What became of one event. A refused one would be refused again; a failed one may come through later. The reason is for
 * people, and holds no secrets.
 */
export type Outcome = 'delivered' | { readonly refused: string } | { readonly failed: string };

/** Somewhere that events are sent to. */
export interface EventTarget {
  /** How the settings call it. */
  readonly name: string;
  /** Events that it takes at a time. */
  readonly batchSize: number;
  /** Tries once to deliver. Resolves with an outcome for each event, in their order, and never rejects. */
  deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Lets go of idle connections. */
  close(): void;
}
