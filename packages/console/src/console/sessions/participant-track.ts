import type { Entry } from '../stages/timeline-entries.ts';
import { entriesOf } from '../stages/timeline-entries.ts';
import type { SessionHistory } from './session-history.ts';

/** From one moment to another; undefined: it goes on. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

/** One participant as the picture of a session draws it. */
export interface ParticipantTrack {
  readonly participantId: string;
  readonly name: string;
  readonly stays: readonly Span[];
  readonly publishes: readonly Span[];
  /** In the order of time. */
  readonly marks: readonly Entry[];
}

const stayEnds: ReadonlySet<string | undefined> = new Set(['LEFT']);
const publishEnds: ReadonlySet<string | undefined> = new Set(['PUBLISH_STOPPED', 'LEFT']);

export function tracksOf({ participants, nameOf }: SessionHistory): ParticipantTrack[] {
  return participants.map(({ participantId, name, events }) => {
    const inOrder = events.toSorted((one, other) => timeOf(one) - timeOf(other));
    return {
      participantId,
      name,
      stays: spansOf(inOrder, 'JOINED', stayEnds),
      publishes: spansOf(inOrder, 'PUBLISH_STARTED', publishEnds),
      marks: entriesOf(inOrder, name, nameOf),
    };
  });
}

interface TimedEvent {
  readonly name?: string;
  readonly eventTime?: string;
}

function spansOf(events: readonly TimedEvent[], begin: string, ends: ReadonlySet<string | undefined>): Span[] {
  const spans: Span[] = [];
  let fromMs: number | undefined;
  for (const event of events) {
    if (event.name === begin) fromMs ??= timeOf(event);
    else if (fromMs !== undefined && ends.has(event.name)) {
      spans.push({ fromMs, toMs: timeOf(event) });
      fromMs = undefined;
    }
  }
  return fromMs === undefined ? spans : [...spans, { fromMs, toMs: undefined }];
}

function timeOf({ eventTime }: TimedEvent): number {
  return Date.parse(eventTime ?? '');
}
