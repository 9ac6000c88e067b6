import type { Event } from '@proscenium/model';
import type { Wire } from '../api/api.ts';
import type { ServiceEvent } from '../events/service-event.ts';

/** A line of the timeline. */
export interface Entry {
  readonly id: string;
  readonly time: string;
  /** Empty where nobody in particular did it. */
  readonly who: string;
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'quiet';
}

const happenings: Readonly<Record<string, readonly [words: string, tone: Entry['tone']]>> = {
  JOINED: ['came', 'good'],
  LEFT: ['left', 'quiet'],
  PUBLISH_STARTED: ['began to publish', 'good'],
  PUBLISH_STOPPED: ['stopped publishing', 'quiet'],
  SUBSCRIBE_STARTED: ['subscribed', 'quiet'],
  SUBSCRIBE_STOPPED: ['unsubscribed', 'quiet'],
  PUBLISH_ERROR: ['could not publish', 'bad'],
  SUBSCRIBE_ERROR: ['could not subscribe', 'bad'],
  JOIN_ERROR: ['could not join', 'bad'],
  REPLICATION_STARTED: ['was replicated', 'good'],
  REPLICATION_STOPPED: ['is replicated no more', 'quiet'],
  TOKEN_EXCHANGED: ['exchanged its token', 'quiet'],
};

/**
 * The events of one participant in words.
 *
 * @param nameOf what others are called, by their ids
 */
export function entriesOf(
  events: readonly Wire<Event>[],
  who: string,
  nameOf: (participantId: string) => string = (id) => id,
): Entry[] {
  return events.map((event, index) => {
    const { name = '', eventTime = '', participantId = '', remoteParticipantId, errorCode } = event;
    const [words, tone] = happenings[name] ?? [name, 'quiet'];
    const whom = remoteParticipantId ? ` to ${nameOf(remoteParticipantId)}` : '';
    const why = errorCode ? `: ${errorCode}` : '';
    return {
      id: `${participantId} ${eventTime} ${name} ${index}`,
      time: eventTime,
      who,
      words: `${words}${whom}${why}`,
      tone,
    };
  });
}

/**
 * The newest first. Of the service's events those that tell of recordings and compositions: what participants do they have
 * told themselves.
 *
 * @param nameOf what participants are called, by their ids
 */
export function mergeEntries(
  entries: readonly Entry[],
  events: readonly ServiceEvent[],
  nameOf: (participantId: string) => string = (id) => id,
): Entry[] {
  const others = events
    .filter((event) => event['detail-type'] !== 'IVS Stage Update' && !event['detail-type'].startsWith('Proscenium'))
    .map((event): Entry => {
      const subject = event['detail-type'].replace(/^IVS | State Change$/g, '');
      const name = event.detail.event_name ?? '';
      return {
        id: event.id,
        time: event.detail.event_time ?? event.time,
        who: event.detail.user_id || nameOf(event.detail.participant_id ?? ''),
        words: `${subject}: ${name}`,
        tone: name.includes('Failure') ? 'bad' : 'quiet',
      };
    });
  return [...entries, ...others].sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
}
