import { Nothing, Section } from '../controls/page.tsx';
import type { ServiceEvent } from '../events/service-event.ts';
import type { SessionHistory } from '../sessions/session-history.ts';
import { entriesOf, mergeEntries } from './timeline-entries.ts';

const maximumEntries = 100;

interface TimelineProps {
  /** Of the present session; undefined while there is none. */
  readonly history: SessionHistory | undefined;
  readonly events: readonly ServiceEvent[];
}

/** What happened on the stage in the present session, the newest first. */
export function Timeline({ history, events }: TimelineProps) {
  const told = history?.participants.flatMap((each) => entriesOf(each.events, each.name, history.nameOf)) ?? [];
  const entries = mergeEntries(told, events, history?.nameOf).slice(0, maximumEntries);
  return (
    <Section title="Timeline">
      {entries.length === 0 ? (
        <Nothing>What happens on the stage appears here.</Nothing>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have keys alone
        <ol class="timeline" tabIndex={0} aria-label="What happened, the newest first">
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
