import { useAnswer } from '../api/use-answer.ts';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useEvents } from '../events/use-events.ts';
import { useSession } from '../session.ts';
import { type Entry, entriesOf, mergeEntries } from './timeline-entries.ts';

const lookMs = 5_000;
/** Of so many participants, those who came last, the events are asked for. */
const maximumParticipants = 16;
const maximumEntries = 100;

/** What happened on the stage in the present session, the newest first. */
export function Timeline({ stageArn, sessionId }: { stageArn: string; sessionId: string | undefined }) {
  const { api } = useSession();
  const { events } = useEvents({ resources: [stageArn] });
  const { data, error } = useAnswer(
    async (): Promise<Entry[]> => {
      if (!sessionId) return [];
      const participants = await api.list('ListParticipants', { stageArn, sessionId }, 'participants');
      const latest = participants
        .toSorted((one, other) => (other.firstJoinTime ?? '').localeCompare(one.firstJoinTime ?? ''))
        .slice(0, maximumParticipants);
      const names = new Map(participants.map(({ participantId, userId }) => [participantId, userId]));
      const lists = await Promise.all(
        latest.map(async ({ participantId = '', userId }) => {
          const found = await api.list('ListParticipantEvents', { stageArn, sessionId, participantId }, 'events');
          return entriesOf(found, userId || participantId, (id) => names.get(id) || id);
        }),
      );
      return lists.flat();
    },
    [api, stageArn, sessionId, events.length],
    { everyMs: lookMs },
  );
  const entries = mergeEntries(data ?? [], events).slice(0, maximumEntries);
  return (
    <Section title="Timeline">
      <Problem error={error} />
      {entries.length === 0 ? (
        <Nothing>What happens on the stage appears here.</Nothing>
      ) : (
        <ol class="timeline" aria-label="What happened, the newest first">
          {entries.map(({ id, time, words, who, tone }) => (
            <li key={id} data-tone={tone}>
              <time dateTime={time}>{new Date(time).toLocaleTimeString()}</time>
              <span>
                {who && <strong>{who}</strong>} {words}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
