/** An event as the stream tells it (docs/events.md). */
export interface ServiceEvent {
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly event_name?: string;
    readonly event_time?: string;
    readonly session_id?: string;
    readonly user_id?: string | null;
    readonly participant_id?: string | null;
    readonly [more: string]: unknown;
  };
}

/** @returns undefined for a text that is none */
export function readServiceEvent(text: string): ServiceEvent | undefined {
  try {
    const event = JSON.parse(text);
    const isEvent =
      typeof event?.id === 'string' && typeof event['detail-type'] === 'string' && typeof event.detail === 'object';
    return isEvent ? event : undefined;
  } catch {
    return undefined;
  }
}
